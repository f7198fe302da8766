export { type Engine, type EngineName, type EngineOptions, startEngine } from './start-engine.ts';
