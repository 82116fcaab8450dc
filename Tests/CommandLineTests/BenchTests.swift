import Foundation
import NNTestSupport
import Testing

@Suite("Benchmarks")
struct BenchTests {
  static let program = Program("nnbench")

  @Test("refuses unknown workloads and lists the others", arguments: [["mpl"], ["mlp", "x"]])
  func unknownWorkload(arguments: [String]) throws {
    let result = try Self.program.run(arguments)
    #expect(result.status == 2)
    #expect(result.standardOutput == "")
    let unknown = try #require(arguments.last)
    #expect(result.standardError.hasPrefix("error: there is no workload \"\(unknown)\"\n  hint: "))
    for name in ["mlp", "lenet", "resnet20", "sine", "gemm", "softmax", "adamw", "elementwise"] {
      #expect(result.standardError.contains(name))
    }
  }

  @Test(
    "refuses wrong usage with status 2",
    arguments: [
      ([], "workload"),
      (["mlp", "--infer", "0"], "--infer is 0"),
      (["mlp", "--seconds", "0"], "--seconds is 0"),
      (["mlp", "--seconds", "inf"], "--seconds is inf"),
      (["mlp", "--threads", "0"], "--threads is 0"),
      (["gemm", "--infer", "1"], "gemm is no network"),
    ])
  func wrongUsage(arguments: [String], fragment: String) throws {
    let result = try Self.program.run(arguments)
    #expect(result.status == 2)
    #expect(result.standardError.hasPrefix("error: "))
    #expect(result.standardError.contains(fragment))
  }

  @Test("checks results and gives an object a line", arguments: [[], ["--infer", "3"]])
  func objects(options: [String]) throws {
    let names = ["mlp", "sine"]
    let result = try Self.program.run(
      names + options + ["--check", "--seconds", "0.05", "--threads", "2", "--json"])
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError == "")
    let lines = result.standardOutput.split(separator: "\n")
    #expect(lines.count == names.count)
    for (line, name) in zip(lines, names) {
      let object = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(
        Set(object.keys) == [
          "workload", "framework", "version", "threads", "ms", "ms_min", "samples_per_s",
          "rss_mib", "core", "gflops", "peak_share",
        ])
      #expect(object["workload"] as? String == (options.isEmpty ? name : "\(name)-infer3"))
      #expect(object["framework"] as? String == "neuralnet")
      #expect(object["threads"] as? Int == 2)
      let median = try #require(object["ms"] as? Double)
      let fastest = try #require(object["ms_min"] as? Double)
      #expect(fastest > 0 && median >= fastest)
      let rows = options.isEmpty ? (name == "mlp" ? 128.0 : 100) : 3
      let rate = try #require(object["samples_per_s"] as? Double)
      #expect(abs(rate - rows / median * 1e3) <= 0.02 * rate + 1)
    }
  }

  @Test("finds every workload's results right")
  func checks() throws {
    let result = try Self.program.run(
      "lenet", "resnet20", "gemm", "softmax", "adamw", "elementwise", "--check", "--seconds",
      "0.01")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.split(separator: "\n").count == 8)
  }
}
