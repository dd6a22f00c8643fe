import { describe, expect, it } from 'vitest';
import { callsOf } from './resolved-sources.ts';

const resolve = (sources: Readonly<Record<string, string>>): Promise<string[]> => callsOf('rust', '.rs', sources);

describe('paths of Rust', () => {
  it('lead through modules in files and folders, up and down', async () => {
    const calls = await resolve({
      'Cargo.toml': '[package]\nname = "app"\n',
      'src/lib.rs': 'mod net;\npub fn root() { net::tcp::open(); self::net::close(); }',
      'src/net/mod.rs': 'pub mod tcp;\npub fn close() { crate::root(); }',
      'src/net/tcp.rs': 'mod raw;\npub fn open() { super::close(); raw::bind(); super::super::root(); }',
      'src/net/tcp/raw.rs': 'use super::super as net;\npub fn bind() { net::close(); }',
    });
    expect(calls).toEqual([
      'open -> src/net/tcp.rs#open',
      'close -> src/net/mod.rs#close',
      'root -> src/lib.rs#root',
      'close -> src/net/mod.rs#close',
      'bind -> src/net/tcp/raw.rs#bind',
      'root -> src/lib.rs#root',
      'close -> src/net/mod.rs#close',
    ]);
  });

  it('lead to crates of the workspace, under the name they are used by', async () => {
    const calls = await resolve({
      'a/Cargo.toml': '[package]\nname = "job-core"\n',
      'a/src/lib.rs': 'mod run;\npub use run::{start as begin, *};',
      'a/src/run.rs': 'pub fn start() {}\npub fn stop() {}',
      'b/Cargo.toml':
        '[package]\nname = "b"\n\n[dependencies]\nengine = { package = "job-core", path = "../a" }\nlog = "0.4"\n',
      'b/src/main.rs': 'use engine::begin;\nfn main() { begin(); engine::stop(); log::flush(); std::mem::drop(1); }',
    });
    expect(calls).toEqual([
      'begin -> a/src/run.rs#start',
      'stop -> a/src/run.rs#stop',
      'flush: external',
      'drop: external',
    ]);
  });

  it('lead into enums and modules of the file, past variables of the name', async () => {
    const calls = await resolve({
      'src/lib.rs': [
        'mod frame { pub fn read() {} pub mod inner { pub fn deep() { super::read(); } } }',
        'enum Kind { Small(u8), Large }',
        'use self::Kind::*;',
        'fn run(frame: u8) { frame::read(); frame::inner::deep(); Small(frame); Kind::Small(1); }',
      ].join('\n'),
    });
    expect(calls).toEqual([
      'read -> src/lib.rs#frame.read',
      'read -> src/lib.rs#frame.read',
      'deep -> src/lib.rs#frame.inner.deep',
      'Small -> src/lib.rs#Kind.Small',
      'Small -> src/lib.rs#Kind.Small',
    ]);
  });
});

describe('methods of Rust', () => {
  it('belong to their type wherever the impl stands, unless two types have the name', async () => {
    const calls = await resolve({
      'src/lib.rs':
        'mod ops;\nmod other;\npub struct Pool;\npub struct Twice;\nfn run(p: Pool, t: Twice) { p.open(); t.go(); }',
      'src/ops.rs': 'impl crate::Pool { pub fn open(&self) {} }\nimpl super::Twice { pub fn go(&self) {} }',
      'src/other.rs': 'pub struct Twice;',
    });
    expect(calls).toEqual(['open -> src/ops.rs#Pool.open', 'go: not-found']);
  });

  it('are found through bounds, Deref, patterns, options and derived constructors', async () => {
    const calls = await resolve({
      'src/lib.rs': [
        'trait Store { fn save(&self); }',
        '#[derive(Default, Clone)] struct Job { parts: Vec<Part> }',
        'struct Part(Inner);',
        'struct Inner; impl Inner { fn go(&self) {} }',
        'struct Handle; impl std::ops::Deref for Handle { type Target = Job; }',
        'enum Event { Ready(Job), Failed { job: Job } }',
        'impl Job { fn run(&self) -> Option<&Part> { self.parts.first() } }',
        'fn bounds<S: Store>(s: S, t: impl Store) { s.save(); t.save(); }',
        'fn deref(h: &Handle) { h.run(); }',
        'fn event(e: Event) { match e { Event::Ready(job) => { job.run(); } Event::Failed { job } => { job.run(); } } }',
        'fn parts(j: Job) { if let Some(p) = j.run() { p.0.go(); } j.parts.iter().for_each(|p| p.0.go()); }',
        'fn made() { Job::default().clone().run(); }',
        'fn inside(j: Job) { assert!(j.run().is_some(), "{}", j.run()); }',
      ].join('\n'),
    });
    const inside = calls.filter((call) => call.includes('#'));
    expect(inside).toEqual([
      'save -> src/lib.rs#Store.save',
      'save -> src/lib.rs#Store.save',
      'run -> src/lib.rs#Job.run',
      'run -> src/lib.rs#Job.run',
      'run -> src/lib.rs#Job.run',
      'run -> src/lib.rs#Job.run',
      'go -> src/lib.rs#Inner.go',
      'go -> src/lib.rs#Inner.go',
      'run -> src/lib.rs#Job.run',
      'run -> src/lib.rs#Job.run',
      'run -> src/lib.rs#Job.run',
    ]);
  });

  it('of an option are not those of what is in it', async () => {
    const calls = await resolve({
      'src/lib.rs':
        'struct Job; impl Job { fn take(&self) {} fn map(&self) {} }\nfn run(j: Option<Job>) { j.take(); j.map(|x| x); j.unwrap().take(); }',
    });
    expect(calls).toEqual(['take: external', 'map: external', 'unwrap: external', 'take -> src/lib.rs#Job.take']);
  });
});

describe('macros of Rust', () => {
  it('have names of their own, and are seen in the whole crate', async () => {
    const calls = await resolve({
      'src/lib.rs': '#[macro_use] mod macros;\nmod user;\nfn write() {}\nfn run() { write!(1); write(); }',
      'src/macros.rs': 'macro_rules! ensure { ($c:expr) => { check($c) } }',
      'src/user.rs': 'fn run() { ensure!(true); }',
    });
    expect(calls.filter((call) => !call.startsWith('check'))).toEqual([
      'write!: external',
      'write -> src/lib.rs#write',
      'ensure! -> src/macros.rs#ensure!',
    ]);
  });
});
