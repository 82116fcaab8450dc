import Foundation
import NNCore
import NNGraph
import NNKernels
import NNTestSupport
import Testing

/// Properties that every op of the catalogue must have.
@Suite struct OpBatteryTests {
  /// Central differences move every element of small samples and some of large ones.
  ///
  /// With a step of 1e-5 the truncation error is about 1e-10 of a third derivative of 1, and the
  /// rounding error about 1e-16 / 1e-5 = 1e-11 of the loss.
  @Test(arguments: OpCatalog.rows(.float64).filter { $0.derivatives > 0 })
  func derivativesEqualCentralDifferences(row: OpRow) throws {
    let step = 1e-5
    for sample in row.samples {
      let program = SampleProgram(sample, derivatives: row.derivatives)
      try #require(program.diagnostics.isEmpty, "\(sample)")
      guard !program.smooth.isEmpty else { continue }
      let session = try program.session()
      let start = program.run(session, seed: 3)
      func scalars() -> (loss: Double, directional: Double) {
        session.run()
        let directional = row.derivatives > 1 ? session.readScalar("directional") : 0
        return (session.readScalar("loss"), directional)
      }
      for input in program.smooth {
        let point = sample.inputs[input].tensor(seed: 3)
        let numbers = point.doubles
        let tried = spread(numbers.count)
        var differences: (first: [Double], second: [Double]) = ([], [])
        for index in tried {
          var moved = numbers
          moved[index] = numbers[index] + step
          session.write("x\(input)", HostTensor(moved, shape: point.shape))
          let above = scalars()
          moved[index] = numbers[index] - step
          session.write("x\(input)", HostTensor(moved, shape: point.shape))
          let below = scalars()
          differences.first.append((above.loss - below.loss) / (2 * step))
          differences.second.append((above.directional - below.directional) / (2 * step))
        }
        session.write("x\(input)", point)
        func check(_ name: String, of scalar: String, _ expected: [Double]) {
          let all = start[name]?.doubles ?? []
          let size = start[scalar]?.doubles[0].magnitude ?? 0
          expectClose(
            tried.map { all[$0] }, expected,
            Tolerance.centralDifferences.orAbsolute(1e-8 * (1 + size)), "\(name) of \(sample)")
        }
        check("dx\(input)", of: "loss", differences.first)
        if row.derivatives > 1 { check("ddx\(input)", of: "directional", differences.second) }
      }
    }
  }

  /// Every index of small tensors, a few of large ones.
  private func spread(_ count: Int) -> [Int] {
    let wanted = count <= 120 ? count : count <= 4096 ? 24 : 5
    return (0..<wanted).map { $0 * count / wanted }
  }

  @Test(arguments: [DType.float32, .float64])
  func defaultPlansEqualPlainPlans(dtype: DType) throws {
    for row in OpCatalog.rows(dtype) {
      for sample in row.samples {
        let program = SampleProgram(sample, derivatives: row.derivatives)
        let plain = program.run(try program.session(.plain), seed: 5)
        let planned = program.run(try program.session(), seed: 5)
        for (name, expected) in plain {
          let found = try #require(planned[name])
          expectClose(found, expected, nil, "\(name) of \(sample)")
        }
      }
    }
  }

  /// Memory of an earlier run with other numbers must not affect results.
  @Test(arguments: [DType.float32, .float64])
  func repeatedRunsAreBitwiseEqual(dtype: DType) throws {
    for row in OpCatalog.rows(dtype) {
      for sample in row.samples {
        let program = SampleProgram(sample, derivatives: row.derivatives)
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

  @Test func singlePrecisionEqualsRoundedDoublePrecision() throws {
    for (single, double) in zip(OpCatalog.rows(.float32), OpCatalog.rows(.float64)) {
      for (rough, fine) in zip(single.samples, double.samples) {
        let roughProgram = SampleProgram(rough, derivatives: single.derivatives)
        let fineProgram = SampleProgram(fine, derivatives: double.derivatives)
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
            let program = SampleProgram(sample, derivatives: row.derivatives)
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
  func invalidInputsAreRejectedWithAMessage(row: OpRow) {
    for types in row.refusals {
      let refusal = row.refusal(types)
      #expect(refusal != nil, "\(row) accepted \(types)")
      #expect((refusal?.message.count ?? 0) > 10, "\(row): \(types)")
    }
  }

  /// Each sample is the op that its row names, applied to the sample's inputs themselves.
  @Test(arguments: OpCatalog.rows(.float32) + OpCatalog.rows(.float64))
  func samplesAreValid(row: OpRow) throws {
    #expect(!row.samples.isEmpty)
    for sample in row.samples + [try #require(row.refusing)] {
      #expect(SampleProgram(sample, derivatives: 0).diagnostics.isEmpty, "\(sample)")
      let op = try #require(sample.op, "\(row): \(sample)")
      #expect("\(type(of: op))" == row.typeName, "\(sample)")
      #expect(sample.isOneOp, "\(row): \(sample)")
    }
  }

  @Test func everyOpIsInTheCatalogue() throws {
    let folder = Repository.root.appending(path: "Sources/NNGraph/Ops")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var found: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let declaration = /(private )?struct (\w+): (?:Kernel|Elementwise|StridedView|View)Op\b/
      for match in text.matches(of: declaration) where match.1 == nil {
        found.insert(String(match.2))
      }
    }
    #expect(found.count > 60)
    // Only the planner creates these.
    found.subtract(["FusedElementwise", "FusedReduce"])
    // Its gradient is the caller's rule, which `CustomGradientTests` check.
    found.remove("CustomGradient")
    #expect(found == Set(OpCatalog.rows(.float32).map(\.typeName)))
  }
}
