import NNCore

/// Tasks that run on several threads, whose results are used in the order of the tasks.
///
/// - Important: `@unchecked Sendable` is sound because everything that changes is touched only
///   under the lock, `use` included.
final class SearchWave<Result: Sendable>: @unchecked Sendable {
  private let count: Int
  private let task: @Sendable (_ index: Int) -> Result
  private let use: (_ index: Int, _ result: Result) throws(NNError) -> Bool
  private let lock = Lock()
  private var next = 0
  private var results: [Int: Result] = [:]
  private var usedCount = 0
  private var hasEnded = false
  private var error: NNError?

  /// Prepares tasks.
  ///
  /// - Parameters:
  ///   - count: The number of tasks.
  ///   - task: Runs one of them, on any thread.
  ///   - use: Uses a result once those of all tasks before have been used, on any thread, one at a
  ///     time. False or an error: no further result is used, and no further task begins.
  init(
    count: Int, task: @escaping @Sendable (_ index: Int) -> Result,
    use: @escaping (_ index: Int, _ result: Result) throws(NNError) -> Bool
  ) {
    self.count = count
    self.task = task
    self.use = use
  }

  /// Runs the tasks, this thread included.
  ///
  /// - Returns: Whether all results have been used.
  /// - Throws: The error of `use`.
  func run(threads: Int) throws(NNError) -> Bool {
    // If the system refuses a thread, the others do its work.
    let others = (1..<max(1, min(threads, count))).compactMap { _ in
      try? SystemThread { self.work() }
    }
    work()
    for thread in others { thread.join() }
    if let error { throw error }
    return usedCount == count
  }

  private func work() {
    while let index = takeNext() {
      let result = task(index)
      keep(result, of: index)
    }
  }

  private func takeNext() -> Int? {
    lock.lock()
    defer { lock.unlock() }
    guard !hasEnded, next < count else { return nil }
    defer { next += 1 }
    return next
  }

  private func keep(_ result: Result, of index: Int) {
    lock.lock()
    defer { lock.unlock() }
    results[index] = result
    do throws(NNError) {
      while !hasEnded, let ready = results.removeValue(forKey: usedCount) {
        hasEnded = try !use(usedCount, ready)
        if !hasEnded { usedCount += 1 }
      }
    } catch {
      hasEnded = true
      self.error = error
    }
  }
}
