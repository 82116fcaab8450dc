import NNCore
import Synchronization
import Testing

@Suite("Threads of the system")
struct SystemThreadTests {
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  @Test("run their closure before they can be joined")
  func join() throws {
    let counter = Counter()
    let threads = try (0..<4).map { _ in
      try SystemThread { counter.value.add(1, ordering: .relaxed) }
    }
    for thread in threads { thread.join() }
    #expect(counter.value.load(ordering: .relaxed) == 4)
  }
}
