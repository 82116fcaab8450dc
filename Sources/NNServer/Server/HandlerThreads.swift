import Dispatch
import NNCore

/// The server's own threads for its handlers.
///
/// Swift's global executor has few threads, and a program may keep all of them busy or blocked.
/// With its own threads, a server still answers, and waiting for its start or end on a global
/// thread cannot deadlock.
final class HandlerThreads: TaskExecutor {
  /// A FIFO queue of jobs that wait for a thread.
  private final class Queue: Sendable {
    private struct State: Sendable {
      var jobs: [@Sendable () -> Void] = []
      var isClosed = false
    }

    private let state = Guarded(State())
    /// Signalled once per job, and once per thread that must end.
    private let arrivals = DispatchSemaphore(value: 0)

    /// Adds a job; false once the queue is closed.
    func add(_ job: @escaping @Sendable () -> Void) -> Bool {
      let isAdded = state.withLock { state in
        if !state.isClosed { state.jobs.append(job) }
        return !state.isClosed
      }
      if isAdded { arrivals.signal() }
      return isAdded
    }

    /// Runs jobs until the queue is closed and empty.
    func work() {
      while true {
        arrivals.wait()
        guard let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) else {
          return
        }
        job()
      }
    }

    func close(threads: Int) {
      state.withLock { $0.isClosed = true }
      for _ in 0..<threads { arrivals.signal() }
    }
  }

  private let queue: Queue
  private let threads: [SystemThread]

  /// Starts `count` threads.
  ///
  /// - Throws: `NNError` if the system cannot create a thread.
  init(count: Int) throws(NNError) {
    let queue = Queue()
    var threads: [SystemThread] = []
    do throws(NNError) {
      for _ in 0..<count { threads.append(try SystemThread { queue.work() }) }
    } catch {
      Self.end(threads, of: queue)
      throw error
    }
    self.queue = queue
    self.threads = threads
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let run: @Sendable () -> Void = { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    // After the end of the threads the job runs on the caller's thread.
    if !queue.add(run) { run() }
  }

  /// Ends the threads once the queue is empty. Must be called once.
  func stop() { Self.end(threads, of: queue) }

  private static func end(_ threads: [SystemThread], of queue: Queue) {
    queue.close(threads: threads.count)
    for thread in threads { thread.join() }
  }
}
