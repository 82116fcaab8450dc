import Dispatch
import NNCore

/// Threads of the server's own, on which its handlers run.
///
/// Swift's common threads are few, and a program may keep all of them busy or waiting: with these, a
/// server answers all the same, and who waits for its start or end on a common thread waits for no
/// other.
final class HandlerThreads: TaskExecutor {
  /// Jobs that wait for a thread, first come first served.
  private final class Queue: Sendable {
    private struct State: Sendable {
      var jobs: [@Sendable () -> Void] = []
      var isClosed = false
    }

    private let state = Guarded(State())
    /// Signalled once for each job, and once for each thread that shall end.
    private let arrivals = DispatchSemaphore(value: 0)

    /// False once the queue is closed.
    func add(_ job: @escaping @Sendable () -> Void) -> Bool {
      let isAdded = state.withLock { state in
        if !state.isClosed { state.jobs.append(job) }
        return !state.isClosed
      }
      if isAdded { arrivals.signal() }
      return isAdded
    }

    /// Does jobs until the queue is closed and empty.
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
  private let threads: [ServerThread]

  /// Starts so many threads.
  ///
  /// - Throws: `NNError` where the system has none left.
  init(count: Int) throws(NNError) {
    let queue = Queue()
    var threads: [ServerThread] = []
    do throws(NNError) {
      for _ in 0..<count { threads.append(try ServerThread { queue.work() }) }
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
    // After the end of the threads the caller does the work.
    if !queue.add(run) { run() }
  }

  /// Ends the threads once they have nothing to do. Must be called once.
  func stop() { Self.end(threads, of: queue) }

  private static func end(_ threads: [ServerThread], of queue: Queue) {
    queue.close(threads: threads.count)
    for thread in threads { thread.join() }
  }
}
