import { existsSync } from 'node:fs';

export const executablePath: string = process.env.LUNET_CHROMIUM ?? '/usr/bin/chromium';

/** Why a test is skipped, for its name; `''` where there is a Chromium. */
export const unlessChromium: string = existsSync(executablePath)
  ? ''
  : ` (skipped: no ${executablePath}; name a Chromium in LUNET_CHROMIUM)`;

/** The last four keep Chromium from calling home; `--no-sandbox` lets root run it. */
export const chromiumFlags: string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
