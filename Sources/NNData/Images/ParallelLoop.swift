import NNCore
import Synchronization

/// Runs independent pieces of work on several threads.
enum ParallelLoop {
  private final class Counter: Sendable {
    let next = Atomic<Int>(0)
  }

  /// Calls a closure once for each of 0 ..< count, in any order, and returns when all calls have.
  ///
  /// - Parameters:
  ///   - count: The number of calls.
  ///   - threads: The number of threads, this one included. Fewer are used if the system has no more.
  ///   - body: Must not depend on the order of the calls.
  static func run(_ count: Int, threads: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let counter = Counter()
    let work: @Sendable () -> Void = {
      while true {
        let index = counter.next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
    var others: [SystemThread] = []
    for _ in 1..<max(1, min(threads, count)) {
      guard let thread = try? SystemThread(work) else { break }
      others.append(thread)
    }
    work()
    for thread in others { thread.join() }
  }
}
