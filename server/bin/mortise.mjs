#!/usr/bin/env node
// Plain JavaScript that old Nodes understand too: finds a Node that runs TypeScript, and runs the server with it, or "demo".
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

const OLDEST = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

if (major() >= OLDEST) {
  module.enableCompileCache(here('../../node_modules/.cache/mortise'));
  await import(process.argv[2] === 'demo' ? '../demo/main.ts' : '../src/main.ts');
} else {
  runWith(here('../../node_modules/.bin/node'));
}

function major() {
  return Number.parseInt(process.versions.node, 10);
}

function runWith(node) {
  if (!existsSync(node)) {
    console.error(`Mortise needs Node ${OLDEST}, this is ${process.versions.node}. Run "npm ci", which brings one, and then "npm start".`);
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGINT', () => child.kill('SIGINT'));
  child.on('exit', (code, signal) => process.exit(signal === null ? code : 1));
}
