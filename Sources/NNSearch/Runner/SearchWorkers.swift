import NNCore
import NNKernels

/// Threads that run waves of trainings, whose results are used in the order of the tasks.
///
/// One task at a time has the worker pool, others run on their own thread alone.
///
/// A thread that finds no task left in its wave runs one of the wave's extra tasks, which have no
/// results. The next wave does not wait for them.
///
/// - Important: `@unchecked Sendable` is sound because everything that changes is touched only
///   under the lock, `use` included.
final class SearchWorkers<Result: Sendable>: @unchecked Sendable {
  /// Uses the result of a task; false ends the wave.
  typealias Use = (_ index: Int, _ result: Result) throws(NNError) -> Bool

  private struct Wave {
    var tasks: [@Sendable () -> Result] = []
    var extraTasks: [@Sendable () -> Void] = []
    var use: Use = { _, _ in true }
    var next = 0
    var runningCount = 0
    var results: [Int: Result] = [:]
    var usedCount = 0
    var hasEnded = false
    var error: NNError?

    var isDone: Bool { usedCount == tasks.count || hasEnded && runningCount == 0 }
  }

  private let condition = Condition()
  private var wave = Wave()
  private var isStopping = false
  private var threads: [SystemThread] = []
  private let share: Int

  /// Starts the threads; a single one is that which calls `run`.
  ///
  /// - Throws: `NNError` if BLAS has no memory for that many threads.
  init(threads count: Int) throws(NNError) {
    share = max(1, WorkerPool.threads - count + 1)
    // Every task calls BLAS on a thread of its own.
    try BLAS.reserveBuffers(threads: max(WorkerPool.threads, count))
    guard count > 1 else { return }
    // If the system refuses a thread, the others do its work.
    threads = (0..<count).compactMap { _ in try? SystemThread { self.work() } }
  }

  /// Runs a wave of tasks.
  ///
  /// - Parameters:
  ///   - tasks: The tasks.
  ///   - extraTasks: What threads without a task do meanwhile; what has not begun at the end of the
  ///     wave is dropped.
  ///   - use: Uses a result once those of all tasks before have been used, on any thread, one at a
  ///     time. False or an error: no further result is used, and no further task begins.
  /// - Returns: Whether all results have been used.
  /// - Throws: The error of `use`.
  func run(
    _ tasks: [@Sendable () -> Result], extraTasks: [@Sendable () -> Void] = [], use: @escaping Use
  ) throws(NNError) -> Bool {
    condition.lock()
    wave = Wave(tasks: tasks, extraTasks: extraTasks, use: use)
    condition.broadcast()
    while !wave.isDone {
      if threads.isEmpty { runTask() } else { condition.wait() }
    }
    let ended = wave
    wave = Wave()
    condition.unlock()
    if let error = ended.error { throw error }
    return ended.usedCount == tasks.count
  }

  /// Returns when all threads have ended; must be called once.
  func stop() {
    condition.lock()
    isStopping = true
    condition.broadcast()
    condition.unlock()
    for thread in threads { thread.join() }
  }

  private func work() {
    condition.lock()
    defer { condition.unlock() }
    while !isStopping {
      if !runTask(), !runExtraTask() { condition.wait() }
    }
  }

  /// Runs the next task of the wave, if there is one.
  @discardableResult
  private func runTask() -> Bool {
    guard !wave.hasEnded, wave.next < wave.tasks.count else { return false }
    let index = wave.next
    let task = wave.tasks[index]
    wave.next += 1
    wave.runningCount += 1
    condition.unlock()
    let result = WorkerPool.withThreads(upTo: share) { task() }
    condition.lock()
    // The wave is still the same: it waits for its running tasks.
    wave.runningCount -= 1
    keep(result, of: index)
    if wave.isDone { condition.broadcast() }
    return true
  }

  private func runExtraTask() -> Bool {
    guard !wave.hasEnded, let task = wave.extraTasks.popLast() else { return false }
    condition.unlock()
    WorkerPool.withThreads(upTo: share) { task() }
    condition.lock()
    return true
  }

  private func keep(_ result: Result, of index: Int) {
    wave.results[index] = result
    do throws(NNError) {
      while !wave.hasEnded, let ready = wave.results.removeValue(forKey: wave.usedCount) {
        wave.hasEnded = try !wave.use(wave.usedCount, ready)
        if !wave.hasEnded { wave.usedCount += 1 }
      }
    } catch {
      wave.hasEnded = true
      wave.error = error
    }
  }
}
