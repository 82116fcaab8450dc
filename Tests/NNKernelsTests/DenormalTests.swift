import CKernels
import NNKernels
import Testing

struct DenormalTests {
  /// Half of the smallest normal number, computed at run time in the current mode.
  ///
  /// Not optimised: a pure function of equal arguments may be called once, before the switch.
  @_optimize(none)
  private static func half(_ value: Float) -> Float { value * 0.5 }

  /// A denormal operand, scaled to where it would be normal, in the current mode.
  @_optimize(none)
  private static func scaledUp(_ value: Float) -> Float { value * 0x1p60 }

  private static let smallest = Float.leastNormalMagnitude
  private static let denormal = Float.leastNormalMagnitude / 4

  @Test func flushAndRestoreSwitchTheCallingThread() {
    let ordinary = Self.half(Self.smallest)
    #expect(ordinary > 0)
    let previous = nn_denormals_flush()
    let flushed = Self.half(Self.smallest)
    let operand = Self.scaledUp(Self.denormal)
    let again = nn_denormals_flush()
    nn_denormals_restore(again)
    let stillFlushed = Self.half(Self.smallest)
    nn_denormals_restore(previous)
    let restored = Self.half(Self.smallest)
    #expect(flushed == 0)
    #expect(operand == 0)
    #expect(stillFlushed == 0)
    #expect(restored == ordinary)
  }
}

extension WorkerPoolTests {
  /// Half of the smallest normal number, computed at run time in the current mode.
  @inline(never)
  private static func halfOfSmallest(_ smallest: Float) -> Float { smallest * 0.5 }

  /// The caller's chunks too, and a job of one chunk: who runs a chunk must not show in its bits.
  @Test(arguments: [1, 2, 64], [1, 3])
  func everyChunkRunsFlushed(chunks: Int, threads: Int) {
    WorkerPool.setThreads(threads)
    let results = UnsafeMutablePointer<Float>.allocate(capacity: chunks)
    let workers = UnsafeMutablePointer<Int>.allocate(capacity: chunks)
    defer {
      results.deallocate()
      workers.deallocate()
    }
    workers.initialize(repeating: 0, count: chunks)
    // Until a worker had a share: a test of another suite may hold the pool meanwhile.
    let start = ContinuousClock.now
    var complete = false
    while !complete, start.duration(to: .now) < .seconds(120) {
      results.initialize(repeating: -1, count: chunks)
      WorkerPool.run(chunks: chunks) { chunk, worker in
        results[chunk] = Self.halfOfSmallest(.leastNormalMagnitude)
        workers[chunk] = worker
        busyWait(for: .microseconds(100))
      }
      #expect((0..<chunks).allSatisfy { results[$0] == 0 })
      complete = chunks == 1 || threads == 1 || (0..<chunks).contains { workers[$0] > 0 }
    }
    #expect(complete)
    #expect(Self.halfOfSmallest(.leastNormalMagnitude) > 0)
  }
}
