// The devices that a scenario can name: the files of this folder. A model is the default
// export of its file, a class with
// - a constructor of the board and of what the scenario says about the part,
// - a method for each thing that can be done to it,
// - `state()`: what a scenario may expect of it.
import { readdirSync } from 'node:fs';

export const models = {};
for (const file of readdirSync(new URL('.', import.meta.url)).sort()) {
  if (!file.endsWith('.mjs') || file === 'index.mjs') continue;
  const { default: model } = await import(`./${file}`);
  // A file without one is a part of another model.
  if (model) models[file.slice(0, -'.mjs'.length)] = model;
}
