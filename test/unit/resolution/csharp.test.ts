import { describe, expect, it } from 'vitest';
import { callsOf } from './resolved-sources.ts';

const resolve = (sources: Readonly<Record<string, string>>): Promise<string[]> => callsOf('csharp', '.cs', sources);

describe('namespaces of C#', () => {
  it('are open to all their files, to those inside of them and to who uses them', async () => {
    const calls = await resolve({
      'A.cs': 'namespace Acme.Jobs { public class Job { public static void Run() {} } }',
      'B.cs': 'namespace Acme.Jobs.Late; class Later { void Go() { Job.Run(); Jobs.Job.Run(); } }',
      'C.cs':
        'using Acme.Jobs;\nusing J = Acme.Jobs.Job;\nusing static Acme.Jobs.Job;\nclass User { void Go() { Job.Run(); J.Run(); Run(); } }',
      'D.cs': 'class None { void Go() { Job.Run(); Acme.Jobs.Job.Run(); System.GC.Collect(); } }',
    });
    expect(calls).toEqual([
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Run: unknown-receiver',
      'Run -> A.cs#Acme.Jobs.Job.Run',
      'Collect: external',
    ]);
  });

  it('may be used everywhere', async () => {
    const calls = await resolve({
      'Usings.cs': 'global using Acme;',
      'Job.cs': 'namespace Acme; public class Job { public void Run() {} }',
      'User.cs': 'class User { void Go() { new Job().Run(); } }',
    });
    expect(calls).toEqual(['Job -> Job.cs#Job', 'Run -> Job.cs#Job.Run']);
  });
});

describe('types of C#', () => {
  it('may have parts in several files', async () => {
    const calls = await resolve({
      'A.cs': 'namespace N; partial class Pool { void Open() { Close(); Stop(); } }',
      'B.cs':
        'namespace N { partial class Pool : Base { void Close() { Open(); } } class Base { protected void Stop() {} } }',
    });
    expect(calls).toEqual(['Close -> B.cs#N.Pool.Close', 'Stop -> B.cs#N.Base.Stop', 'Open -> A.cs#Pool.Open']);
  });

  it('of one name are told apart by their type parameters', async () => {
    const calls = await resolve({
      'A.cs': 'interface IObserver<T> { void Next(T t); }',
      'B.cs': 'interface IObserver<T, R> { R Next(T t); void Last(); }',
      'C.cs':
        'class C<T> { IObserver<T> one; IObserver<T, int> two; void Go() { one.Next(1); two.Next(2); one.Last(); } }',
    });
    expect(calls.slice(0, 2)).toEqual(['Next -> A.cs#IObserver.Next', 'Next -> B.cs#IObserver.Next']);
    expect(calls[2]).not.toContain('#');
  });

  it('have extension methods, indexers, bounds and bases', async () => {
    const calls = await resolve({
      'A.cs': [
        'public interface IJob { void Run(); }',
        'public class Job : IJob { public void Run() {} public void Only() {} }',
        'public static class JobExtensions { public static Job Twice(this IJob job) { job.Run(); return null; } }',
        'public class Bag<T> where T : IJob { public T this[int i] => default; public void All(T one) { one.Run(); } }',
        'public class Sub : System.Exception { public Sub() : base("x") { } public Sub(int n) : this() { } }',
        'public class User { void Go(Job j, List<Job> all, object o) { j.Twice()?.Only(); if (o is Job k) k.Only(); foreach (var x in all) x.Run(); } }',
      ].join('\n'),
    });
    expect(calls.filter((call) => call.includes('#'))).toEqual([
      'Run -> A.cs#IJob.Run',
      'Run -> A.cs#IJob.Run',
      'this -> A.cs#Sub.Sub',
      'Twice -> A.cs#JobExtensions.Twice',
      'Only -> A.cs#Job.Only',
      'Only -> A.cs#Job.Only',
      'Run -> A.cs#Job.Run',
    ]);
  });
});
