/** The engines that `startEngine` can start. */
export type EngineName = 'tensorflow' | 'onnx' | 'wasm' | 'cpu';

/** What runs, as `startEngine` found it. */
export interface Engine extends Omit<Started, 'insteadOf'> {
  readonly name: EngineName;
  /** Faster engines that did not start, fastest first, and why; its own name stands for a faster device of its own. */
  readonly passedOver: readonly PassedOver[];
}

/** An engine that did not start, or not as asked. */
export interface PassedOver {
  readonly name: EngineName;
  /** Why, and what to do about it. */
  readonly reason: string;
}

/** What a starter tells of the backend it started. */
export interface Started {
  /** What it runs on, for people. */
  readonly device: string;
  /** Version of the TensorFlow.js backend, and of what it stands on. */
  readonly version: string;
  readonly threads: number;
  /** Whether a GPU computes. */
  readonly gpu: boolean;
  /** What of its own would have been faster and does not start: why, and what to do. */
  readonly insteadOf?: string | undefined;
}

/** What an engine may be asked for. */
export interface StartOptions {
  /** Threads to compute with; an engine of its own choice if undefined. */
  readonly threads?: number | undefined;
  /** Whether only a GPU will do. */
  readonly gpu?: boolean | undefined;
}

/** An engine that `startEngine` can start: the whole interface that a further engine needs. */
export interface EngineStarter {
  /** Also the name of its TensorFlow.js backend. */
  readonly name: EngineName;
  /**
   * Makes its TensorFlow.js backend the current one, or leaves none registered.
   *
   * @throws {Error} if it cannot; the message says why and what to do, for it ends "Cannot start engine 'x': ".
   */
  start(options: StartOptions): Promise<Started>;
}
