import NIOPosix

/// Threads of the server's own, on which its tasks run.
///
/// Swift's common threads are few, and a program may keep all of them busy or waiting: with these, a
/// server answers all the same, and who waits for its start or end on a common thread waits for no
/// other.
final class HandlerThreads: TaskExecutor {
  private let pool: NIOThreadPool

  /// Starts so many threads.
  init(count: Int) {
    pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // After the end of the threads the caller does the work.
    pool.submit { _ in job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }

  /// Ends the threads once they have nothing to do.
  func stop() { try? pool.syncShutdownGracefully() }
}
