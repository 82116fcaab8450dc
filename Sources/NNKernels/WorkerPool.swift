import CKernels
public import NNCore

/// The body of a job, created once and run any number of times.
///
/// Because the object is reused, ``WorkerPool/run(_:_:upTo:)`` allocates nothing.
public final class ParallelBody {
  fileprivate let body: (_ chunk: Int, _ worker: Int) -> Void

  /// Creates a job body.
  ///
  /// - Parameter body: runs one chunk. It is called from several threads at the same time, so
  ///   different chunks must write different memory. `worker` is below ``WorkerPool/threads`` and
  ///   different for all chunks of a job that run at the same time: it selects the scratch memory.
  public init(_ body: @escaping (_ chunk: Int, _ worker: Int) -> Void) { self.body = body }
}

/// The thread pool.
///
/// A job is divided into chunks; the calling thread and the pool's workers claim them one by one. A
/// chunk's result must not depend on the thread that runs it, so results are bitwise identical for
/// any number of threads. All threads flush denormal numbers to zero. Threads are started by the
/// first job that can use them.
public enum WorkerPool {
  /// The number of threads that share a job, the caller included; ``ThreadCount/detect()`` unless
  /// set.
  ///
  /// If `NN_THREADS` is invalid, the number that the machine allows; ``useDefaultThreads()``
  /// reports the error.
  public static var threads: Int {
    _ = initialized
    return nn_pool_threads()
  }

  /// Sets the number of threads from the next job on.
  ///
  /// - Parameter threads: 1 to 1024; 1 runs everything on the calling thread. Plans that were
  ///   compiled for fewer threads keep the number that they have memory for.
  public static func setThreads(_ threads: Int) {
    precondition(threads >= 1, "a pool of \(threads) threads")
    _ = initialized
    nn_pool_set_threads(threads)
  }

  /// Sets the number of threads to ``ThreadCount/detect()`` and returns it with its reason.
  ///
  /// - Throws: `NNError` when `NN_THREADS` is not an integer from 1 to 1024, and when memory does
  ///   not suffice for that many threads.
  @discardableResult
  public static func useDefaultThreads() throws(NNError) -> ThreadCount {
    let detected = try ThreadCount.detect()
    try useThreads(detected.count)
    return detected
  }

  /// Reserves memory for a number of threads and uses it from the next job on.
  ///
  /// - Parameter threads: 1 to 1024.
  /// - Throws: `NNError` when the address space does not suffice for the GEMM buffers of that many
  ///   threads.
  public static func useThreads(_ threads: Int) throws(NNError) {
    // This must come first: initializing OpenBLAS takes a buffer as well.
    try BLAS.reserveBuffers(threads: threads)
    setThreads(threads)
  }

  /// Runs chunks 0 ..< count of a prepared body, each exactly once; returns when all are done.
  ///
  /// Allocates nothing. With one chunk or one thread, the job runs on the calling thread; so does a
  /// job that finds the pool in use, by another caller or by the job that made this call.
  ///
  /// - Parameter limit: The largest number of threads to use: that for which there is scratch
  ///   memory, whatever the pool's present number is. No limit by default.
  public static func run(_ count: Int, _ body: ParallelBody, upTo limit: Int = .max) {
    _ = initialized
    withExtendedLifetime(body) {
      nn_pool_run(
        count, limit,
        { context, chunk, worker in
          guard let context else { return }
          Unmanaged<ParallelBody>.fromOpaque(context)._withUnsafeGuaranteedRef {
            $0.body(chunk, worker)
          }
        }, Unmanaged.passUnretained(body).toOpaque())
    }
  }

  /// Calls a body whose jobs use at most a number of the pool's threads; other callers keep theirs.
  ///
  /// - Parameters:
  ///   - limit: At least 1. A smaller one of a call around this one holds, too.
  ///   - body: Runs on the calling thread.
  package static func withThreads<Result, Failure: Error>(
    upTo limit: Int, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(limit >= 1, "at most \(limit) threads")
    let previous = nn_pool_limit_caller(limit)
    if previous < limit { _ = nn_pool_limit_caller(previous) }
    defer { _ = nn_pool_limit_caller(previous) }
    return try body()
  }

  /// Runs chunks 0 ..< chunks of a body once; see ``ParallelBody`` for its requirements.
  public static func run(chunks: Int, body: (_ chunk: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { run(chunks, ParallelBody($0)) }
  }

  private static let initialized: Void = {
    // OpenBLAS's own threads would compete with the pool's.
    BLAS.prepare()
    let limit = ThreadCount.limit(
      availableCPUs: ThreadCount.availableCPUs, quota: ThreadCount.controlGroupQuota())
    nn_pool_set_threads(((try? ThreadCount.detect()) ?? limit).count)
  }()
}
