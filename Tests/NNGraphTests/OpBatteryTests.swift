import Foundation
import NNCore
import NNGraph
import NNKernels
import NNTestSupport
import Testing

/// What every op of the catalogue must do, whatever it computes.
@Suite struct OpBatteryTests {
  /// Central differences move every element of small samples and some of large ones.
  ///
  /// With a step of 1e-5 the truncation error is about 1e-10 of a third derivative of 1, and the
  /// rounding error about 1e-16 / 1e-5 = 1e-11 of the loss.
  @Test(arguments: OpCatalog.rows(.float64).filter(\.hasGradient))
  func derivativesEqualCentralDifferences(row: OpRow) throws {
    let step = 1e-5
    for sample in row.samples {
      let program = SampleProgram(sample, differentiates: true)
      try #require(program.diagnostics.isEmpty, "\(sample)")
      guard !program.smooth.isEmpty else { continue }
      let session = try program.session()
      let start = program.run(session, seed: 3)
      func scalars() -> (loss: Double, slope: Double) {
        session.run()
        return (
          session.readScalar("loss"),
          sample.isTwiceDifferentiable ? session.readScalar("slope") : 0
        )
      }
      for place in program.smooth {
        let point = sample.inputs[place].tensor(seed: 3)
        let numbers = point.doubles
        let tried = spread(numbers.count)
        var differences: (first: [Double], second: [Double]) = ([], [])
        for index in tried {
          var moved = numbers
          moved[index] = numbers[index] + step
          session.write("x\(place)", HostTensor(moved, shape: point.shape))
          let above = scalars()
          moved[index] = numbers[index] - step
          session.write("x\(place)", HostTensor(moved, shape: point.shape))
          let below = scalars()
          differences.first.append((above.loss - below.loss) / (2 * step))
          differences.second.append((above.slope - below.slope) / (2 * step))
        }
        session.write("x\(place)", point)
        func check(_ name: String, of scalar: String, _ expected: [Double]) {
          let all = start[name]?.doubles ?? []
          let size = start[scalar]?.doubles[0].magnitude ?? 0
          expectClose(
            tried.map { all[$0] }, expected,
            Tolerance.centralDifferences.orAbsolute(1e-8 * (1 + size)), "\(name) of \(sample)")
        }
        check("dx\(place)", of: "loss", differences.first)
        guard sample.isTwiceDifferentiable else { continue }
        check("ddx\(place)", of: "slope", differences.second)
      }
    }
  }

  /// Every index of small tensors, a few of large ones.
  private func spread(_ count: Int) -> [Int] {
    let wanted = count <= 120 ? count : count <= 4096 ? 24 : 5
    return (0..<wanted).map { $0 * count / wanted }
  }

  @Test(arguments: [DType.float32, .float64])
  func ordinaryPlansGiveWhatPlainOnesGive(dtype: DType) throws {
    for row in OpCatalog.rows(dtype) {
      for sample in row.samples {
        let program = SampleProgram(sample, differentiates: row.hasGradient)
        let plain = program.run(try program.session(.plain), seed: 5)
        let planned = program.run(try program.session(), seed: 5)
        for (name, expected) in plain {
          let found = try #require(planned[name])
          expectClose(found, expected, nil, "\(name) of \(sample)")
        }
      }
    }
  }

  /// Stale memory of a run with other numbers must not show.
  @Test(arguments: [DType.float32, .float64])
  func repeatedRunsGiveTheSameBits(dtype: DType) throws {
    for row in OpCatalog.rows(dtype) {
      for sample in row.samples {
        let program = SampleProgram(sample, differentiates: row.hasGradient)
        let session = try program.session()
        let first = program.run(session, seed: 5)
        _ = program.run(session, seed: 6)
        let again = program.run(session, seed: 5)
        let fresh = program.run(try program.session(), seed: 5)
        for (name, expected) in first {
          expectIdentical(try #require(again[name]), expected, "\(name) of \(sample)")
          expectIdentical(try #require(fresh[name]), expected, "\(name) of \(sample), fresh")
        }
      }
    }
  }

  @Test func singlePrecisionRoundsWhatDoublePrecisionGives() throws {
    for (single, double) in zip(OpCatalog.rows(.float32), OpCatalog.rows(.float64)) {
      for (rough, fine) in zip(single.samples, double.samples) {
        let roughProgram = SampleProgram(rough, differentiates: single.hasGradient)
        let fineProgram = SampleProgram(fine, differentiates: double.hasGradient)
        let names = Set(
          fineProgram.fetches.map(\.name).filter { $0.hasPrefix("y") || $0.hasPrefix("dx") })
        let found = roughProgram.run(
          try roughProgram.session(only: names), seed: 7, only: names)
        let expected = fineProgram.run(
          try fineProgram.session(only: names), seed: 7, only: names)
        for (name, expected) in expected {
          let found = try #require(found[name])
          expectClose(
            // Sums of thousands of numbers near 1 may cancel.
            found.converted(to: expected.dtype), expected, .float32.orAbsolute(1e-5),
            "\(name) of \(rough)")
        }
      }
    }
  }

  /// Runs in a process of its own, because the number of threads belongs to the process.
  @Test func bitsDoNotDependOnTheNumberOfThreads() async {
    await #expect(processExitsWith: .success) {
      for dtype in [DType.float32, .float64] {
        for row in OpCatalog.rows(dtype) {
          for sample in row.samples {
            let program = SampleProgram(sample, differentiates: row.hasGradient)
            var first: [String: HostTensor] = [:]
            for threads in [1, 2, 3, 8] {
              WorkerPool.setThreads(threads)
              let results = program.run(try program.session(), seed: 9)
              if threads == 1 { first = results }
              for (name, result) in results {
                expectIdentical(
                  result, try #require(first[name]), "\(name) of \(sample), \(threads) threads")
              }
            }
          }
        }
      }
    }
  }

  @Test(arguments: OpCatalog.rows(.float32))
  func misfitsAreRefusedWithAMessage(row: OpRow) {
    for types in row.refusals {
      let refusal = row.refusal(types)
      #expect(refusal != nil, "\(row) took \(types)")
      #expect((refusal?.message.count ?? 0) > 10, "\(row): \(types)")
    }
  }

  @Test(arguments: OpCatalog.rows(.float32))
  func samplesAreTaken(row: OpRow) {
    #expect(!row.samples.isEmpty)
    for sample in row.samples {
      #expect(SampleProgram(sample, differentiates: false).diagnostics.isEmpty, "\(sample)")
    }
  }

  @Test func everyOpIsInTheCatalogue() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/NNGraph/Ops")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /struct (\w+): (?:Elementwise|StridedView|View)?Op\b/) {
        found.insert(String(match.1))
      }
    }
    #expect(found.count > 60)
    #expect(found == Set(OpCatalog.rows(.float32).map(\.typeName)))
  }
}
