export type {
  Engine,
  EngineName,
  EngineStarter,
  PassedOver,
  Started,
  StartOptions,
} from './engine.ts';
export { type Adam, adam } from './optimizer/adam.ts';
export { type EngineOptions, startEngine } from './start-engine.ts';
