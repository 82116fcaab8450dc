import NNKernels
import Synchronization
import Testing

/// Serialized: every test sets the pool's thread count, which is the process's.
@Suite(.serialized)
struct WorkerPoolTests {
  /// How often each chunk ran, and which workers ran any; chunks write only their own cell.
  private final class Record: @unchecked Sendable {
    let runs: UnsafeMutablePointer<Int>
    let count: Int
    /// Bit sets by worker; thread sanitizer follows atomics, not `Mutex`.
    private let seen = Atomic<UInt>(0)
    private let running = Atomic<UInt>(0)
    let clashes = Atomic(0)

    init(_ count: Int) {
      self.count = count
      runs = .allocate(capacity: max(count, 1))
      runs.initialize(repeating: 0, count: max(count, 1))
    }

    deinit { runs.deallocate() }

    func note(_ chunk: Int, _ worker: Int) {
      let bit: UInt = 1 << worker
      let alone = running.bitwiseOr(bit, ordering: .acquiring).oldValue & bit == 0
      if !alone { clashes.add(1, ordering: .relaxed) }
      seen.bitwiseOr(bit, ordering: .relaxed)
      runs[chunk] += 1
      running.bitwiseAnd(~bit, ordering: .releasing)
    }

    var workers: Set<Int> {
      let bits = seen.load(ordering: .relaxed)
      return Set((0..<UInt.bitWidth).filter { bits >> $0 & 1 == 1 })
    }

    var eachRanOnce: Bool { (0..<count).allSatisfy { runs[$0] == 1 } }
  }

  /// The workers that take part in a job whose chunks take a time, each of which runs once.
  private static func workersOfJob(chunks: Int, each duration: Duration) -> Set<Int> {
    let record = Record(chunks)
    WorkerPool.run(chunks: chunks) { chunk, worker in
      record.note(chunk, worker)
      busyWait(for: duration)
    }
    #expect(record.eachRanOnce)
    return record.workers
  }

  @Test(arguments: 1...8)
  func everyChunkRunsExactlyOnce(threads: Int) {
    WorkerPool.setThreads(threads)
    #expect(WorkerPool.threads == threads)
    for count in [0, 1, 2, 3, 7, 8, 9, 64, 1000] {
      let record = Record(count)
      WorkerPool.run(chunks: count) { record.note($0, $1) }
      #expect(record.eachRanOnce, "\(count) chunks")
      #expect(record.clashes.load(ordering: .relaxed) == 0)
      #expect(record.workers.isSubset(of: 0..<threads))
    }
  }

  @Test func oneThreadRunsInOrderOnTheCaller() {
    WorkerPool.setThreads(1)
    var seen: [Int] = []
    WorkerPool.run(chunks: 100) { chunk, worker in
      seen.append(chunk)
      #expect(worker == 0)
    }
    #expect(seen == Array(0..<100))
  }

  @Test(arguments: [2, 3, 5])
  func everyThreadTakesPartInTime(threads: Int) {
    WorkerPool.setThreads(threads)
    let everyone = Set(0..<threads)
    var seen: Set<Int> = []
    for _ in 0..<200 where seen != everyone {
      seen.formUnion(Self.workersOfJob(chunks: threads * 4, each: .milliseconds(1)))
    }
    #expect(seen == everyone)
  }

  @Test func threadCountChangesBetweenJobsBothWays() {
    for threads in [4, 1, 8, 2, 3, 1, 6, 2] {
      WorkerPool.setThreads(threads)
      for _ in 0..<50 {
        let record = Record(33)
        WorkerPool.run(chunks: 33) { record.note($0, $1) }
        #expect(record.eachRanOnce)
        #expect(record.workers.isSubset(of: 0..<threads))
      }
    }
  }

  @Test func aLimitHoldsForItsCaller() {
    WorkerPool.setThreads(4)
    /// The workers of several jobs, until there are as many as expected.
    func workers(_ count: Int, rounds: Int) -> Set<Int> {
      var seen: Set<Int> = []
      for _ in 0..<rounds where seen.count < count {
        seen.formUnion(Self.workersOfJob(chunks: 64, each: .microseconds(100)))
      }
      return seen
    }
    WorkerPool.withThreads(upTo: 2) {
      #expect(workers(3, rounds: 20).isSubset(of: [0, 1]))
      WorkerPool.withThreads(upTo: 1) { #expect(workers(2, rounds: 20) == [0]) }
      // The outer limit holds, too.
      WorkerPool.withThreads(upTo: 3) {
        #expect(workers(3, rounds: 20).isSubset(of: [0, 1]))
      }
      #expect(workers(2, rounds: 200) == [0, 1])
      #expect(WorkerPool.threads == 4)
    }
    #expect(workers(4, rounds: 200) == [0, 1, 2, 3])
  }

  @Test func nestedJobsRunSeriallyAsWorkerZero() {
    WorkerPool.setThreads(4)
    let outer = 16
    let inner = 9
    let record = Record(outer * inner)
    let strangers = Atomic(0)
    WorkerPool.run(chunks: outer) { outerChunk, _ in
      var expected = 0
      WorkerPool.run(chunks: inner) { chunk, worker in
        if worker != 0 || chunk != expected { strangers.add(1, ordering: .relaxed) }
        expected += 1
        record.runs[outerChunk * inner + chunk] += 1
      }
    }
    #expect(record.eachRanOnce)
    #expect(strangers.load(ordering: .relaxed) == 0)
  }

  @Test func callersAtOnceEachGetTheirOwnChunks() async {
    WorkerPool.setThreads(3)
    await withTaskGroup(of: Bool.self) { group in
      for caller in 0..<4 {
        group.addTask {
          (0..<500).allSatisfy { round in
            let record = Record(1 + (round * 7 + caller) % 40)
            WorkerPool.run(chunks: record.count) { chunk, _ in record.runs[chunk] += 1 }
            return record.eachRanOnce
          }
        }
      }
      for await complete in group { #expect(complete) }
    }
  }

  /// Two bodies of different sizes in turn, as fast as possible: a worker that is late for one job
  /// must not run the next one's chunks with the old body, or a chunk twice.
  @Test(arguments: [2, 4, 8])
  func lateWorkersNeverMixJobsUp(threads: Int) {
    WorkerPool.setThreads(threads)
    let rounds = 5000
    let few = Record(2)
    let many = Record(13)
    let fewBody = ParallelBody { chunk, _ in few.runs[chunk] += 1 }
    let manyBody = ParallelBody { chunk, _ in many.runs[chunk] += 1 }
    for _ in 0..<rounds {
      WorkerPool.run(2, fewBody)
      WorkerPool.run(13, manyBody)
    }
    #expect((0..<2).allSatisfy { few.runs[$0] == rounds })
    #expect((0..<13).allSatisfy { many.runs[$0] == rounds })
  }

  /// Pauses long enough for workers to park, so that only a wake-up lets them take part.
  @Test func parkedWorkersAreWoken() async throws {
    WorkerPool.setThreads(3)
    WorkerPool.run(chunks: 12) { _, _ in busyWait(for: .milliseconds(1)) }
    var seen: Set<Int> = []
    for _ in 0..<100 where seen != [0, 1, 2] {
      try await Task.sleep(for: .milliseconds(5))
      seen.formUnion(Self.workersOfJob(chunks: 12, each: .milliseconds(1)))
    }
    #expect(seen == [0, 1, 2])
  }
}

/// Keeps the thread busy, as a chunk of work would.
func busyWait(for duration: Duration) {
  let start = ContinuousClock.now
  while start.duration(to: .now) < duration {}
}
