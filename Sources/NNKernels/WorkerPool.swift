import CKernels
public import NNCore

/// The body of a job, made once and run as often as needed.
///
/// Keeping the object between runs is what lets ``WorkerPool/run(_:_:upTo:)`` allocate nothing.
public final class ParallelBody {
  fileprivate let body: (_ chunk: Int, _ worker: Int) -> Void

  /// Creates a job body.
  ///
  /// - Parameter body: runs one chunk. It is called from several threads at once, so different
  ///   chunks must write different memory. `worker` is below ``WorkerPool/threads`` and no two
  ///   running chunks of a job share it: it picks the scratch memory.
  public init(_ body: @escaping (_ chunk: Int, _ worker: Int) -> Void) { self.body = body }
}

/// The threads that share the work of one step.
///
/// A job is cut into chunks; the calling thread and the pool's workers claim them one by one. What
/// a chunk computes must not depend on who runs it, so results have the same bits for any number
/// of threads. All of them run with denormal numbers flushed to zero. Threads start with the first
/// job that can use them.
public enum WorkerPool {
  /// Threads that share a job, the caller included; ``ThreadCount/detect()`` unless set.
  ///
  /// Where `NN_THREADS` is invalid and nobody called ``useDefaultThreads()``, which reports that,
  /// what the machine allows.
  public static var threads: Int {
    _ = initialized
    return nn_pool_threads()
  }

  /// Sets the number of threads from the next job on.
  ///
  /// - Parameter threads: 1 to 1024; 1 runs everything on the calling thread. Plans compiled before
  ///   a rise go on with as many threads as they have memory for.
  public static func setThreads(_ threads: Int) {
    precondition(threads >= 1, "a pool of \(threads) threads")
    _ = initialized
    nn_pool_set_threads(threads)
  }

  /// Sets the number of threads to ``ThreadCount/detect()`` and returns it with its reason.
  ///
  /// - Throws: `NNError` when `NN_THREADS` is not an integer from 1 to 1024, and when there is no
  ///   room in memory for that many threads.
  @discardableResult
  public static func useDefaultThreads() throws(NNError) -> ThreadCount {
    let detected = try ThreadCount.detect()
    try useThreads(detected.count)
    return detected
  }

  /// Sets the number of threads from the next job on, once there is room in memory for them.
  ///
  /// - Parameter threads: 1 to 1024.
  /// - Throws: `NNError` when the address space does not hold the buffers that matrix products need
  ///   on that many threads.
  public static func useThreads(_ threads: Int) throws(NNError) {
    // First of all: setting OpenBLAS up takes a buffer, too.
    try BLAS.reserveBuffers(threads: threads)
    setThreads(threads)
  }

  /// Runs chunks 0 ..< count of a prepared body, each exactly once; returns when all are done.
  ///
  /// Allocates nothing. One chunk, or one thread, runs on the spot; so does a job that finds the
  /// pool in use, by another caller or by the job whose body this call stands in.
  ///
  /// - Parameter limit: The most threads to use: as many as there is scratch memory for, whatever
  ///   the pool's number of threads has become since. No limit by default.
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

  /// Runs chunks 0 ..< chunks of a body that serves once; see ``ParallelBody`` for its duties.
  public static func run(chunks: Int, body: (_ chunk: Int, _ worker: Int) -> Void) {
    withoutActuallyEscaping(body) { run(chunks, ParallelBody($0)) }
  }

  private static let initialized: Void = {
    // OpenBLAS's own threads would take the pool's processors.
    BLAS.prepare()
    let limit = ThreadCount.limit(
      availableCPUs: ThreadCount.availableCPUs, quota: ThreadCount.controlGroupQuota())
    nn_pool_set_threads(((try? ThreadCount.detect()) ?? limit).count)
  }()
}
