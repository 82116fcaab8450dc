import Foundation
import NNTestSupport
import Testing

/// One program at a time: each measures the machine first, with arrays that no cache holds.
@Suite("Benchmarks", .serialized)
struct BenchTests {
  static let program = Program("nnbench")

  @Test(
    "refuses unknown workloads and lists the others",
    arguments: [["mpl"], ["mlp", "x"], [""], ["gemm-*x"]])
  func unknownWorkload(arguments: [String]) throws {
    let result = try Self.program.run(arguments)
    #expect(result.status == 2)
    #expect(result.standardOutput == "")
    let unknown = try #require(arguments.last)
    #expect(result.standardError.hasPrefix("error: there is no workload \"\(unknown)\"\n  hint: "))
    for name in ["mlp", "lenet", "resnet20", "sine", "widths", "batches", "kernels", "all"] {
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
      (["gemm-16x16x16", "--infer", "1"], "gemm-16x16x16 is not a network"),
      (["pgd", "--infer", "1"], "pgd is not a network"),
      (["all", "--infer", "1"], "gemm-64x196x288 is not a network"),
      (["mlp", "--first-step", "--check"], "leave out --check"),
      (["mlp", "sine", "--first-step"], "--first-step takes one workload, got 2"),
    ])
  func wrongUsage(arguments: [String], fragment: String) throws {
    let result = try Self.program.run(arguments)
    #expect(result.status == 2)
    #expect(result.standardError.hasPrefix("error: "))
    #expect(result.standardError.contains(fragment))
  }

  @Test("checks results and prints one object per line", arguments: [[], ["--infer", "3"]])
  func objects(options: [String]) throws {
    let names = ["mlp", "sine"]
    let objects = try Self.objects(names + options + ["--check"])
    #expect(objects.count == names.count)
    for (object, name) in zip(objects, names) {
      #expect(Set(object.keys) == Self.common.union(["gflops", "ps_per_multiply_add"]))
      #expect(object["workload"] as? String == (options.isEmpty ? name : "\(name)-infer3"))
      #expect(object["framework"] as? String == "neuralnet")
      #expect(object["threads"] as? Int == 2)
      let median = try #require(object["ms"] as? Double)
      let fastest = try #require(object["ms_min"] as? Double)
      let slowest = try #require(object["ms_max"] as? Double)
      #expect(fastest > 0 && median >= fastest && slowest >= median)
      let rows = options.isEmpty ? (name == "mlp" ? 128.0 : 100) : 3
      let rate = try #require(object["samples_per_s"] as? Double)
      #expect(abs(rate - rows / median * 1e3) <= 0.02 * rate + 1)
    }
  }

  @Test("holds products against arithmetic")
  func arithmeticSpeed() throws {
    let object = try #require(try Self.objects(["gemm-64x512x128"]).first)
    let speed = try #require(object["gflops"] as? Double)
    let milliseconds = try #require(object["ms"] as? Double)
    let cost = try #require(object["ps_per_multiply_add"] as? Double)
    let share = try #require(object["limit_share"] as? Double)
    let peak = try #require(object["peak_gflops"] as? Double)
    let multiplyAdds = 64.0 * 512 * 128
    #expect(abs(speed - 2 * multiplyAdds / milliseconds / 1e6) <= 0.01 * speed + 0.1)
    #expect(abs(cost - milliseconds * 1e9 / multiplyAdds) <= 0.01 * cost + 0.01)
    #expect(abs(share - speed / peak) <= 0.01 * share + 0.001)
    #expect(object["gb_per_s"] == nil)
  }

  @Test("compares passes over data with the memory bandwidth, and reports memory use")
  func memorySpeed() throws {
    let object = try #require(try Self.objects(["softmax"]).first)
    let speed = try #require(object["gb_per_s"] as? Double)
    let milliseconds = try #require(object["ms"] as? Double)
    let share = try #require(object["limit_share"] as? Double)
    let peak = try #require(object["peak_gb_per_s"] as? Double)
    #expect(abs(speed - 2 * 4.0 * 2048 * 512 / milliseconds / 1e6) <= 0.01 * speed + 0.1)
    #expect(abs(share - speed / peak) <= 0.01 * share + 0.01)
    #expect(object["gflops"] == nil)
    #if os(Linux)
      // The operand and the result take 8 MiB; the measurement of the peaks took far more.
      let memory = try #require(object["rss_mib"] as? Int)
      #expect((12...150).contains(memory))
    #endif
  }

  @Test(
    "takes groups and patterns, each workload once",
    arguments: [
      (["mlp-width-4?", "mlp-width-*"], [45, 46, 32, 64, 128, 256].map { "mlp-width-\($0)" }),
      (["widths"], [32, 45, 46, 64, 128, 256].map { "mlp-width-\($0)" }),
      (["sine", "s*"], ["sine", "softmax"]),
      (["input-gradients"], ["pgd", "integrated-gradients"]),
      (
        ["conv1x1-*"],
        ["forward", "backward-data", "backward-weights"].map { "conv1x1-16-32-\($0)" }
      ),
    ])
  func groups(words: [String], names: [String]) throws {
    #expect(try Self.objects(words).map { $0["workload"] as? String } == names)
  }

  @Test("lists groups and workloads")
  func help() throws {
    let text = try Self.program.run("--help").standardOutput
    for name in ["networks:", "kernels:", "mlp-batch-1024:", "gemm-16x144x1024-transposed:"] {
      #expect(text.contains("  \(name) "))
    }
  }

  @Test("runs a first step and measures nothing else")
  func firstStep() throws {
    let object = try #require(try Self.objects(["mlp", "--first-step"], seconds: 60).first)
    #expect(Set(object.keys) == ["workload", "build_ms", "step_ms"])
    #expect(object["workload"] as? String == "mlp")
    #expect(try #require(object["build_ms"] as? Double) > 0)
    #expect(try #require(object["step_ms"] as? Double) > 0)
  }

  @Test("finds every kind of workload right")
  func checks() throws {
    let result = try Self.program.run(
      "lenet", "resnet20", "mlp-batch-1", "gemm-16x*", "gemm-64x64x64", "conv3x3-3-16-*",
      "conv3x3-32-64-*", "batchnorm", "softmax", "elementwise-*", "input-gradients", "--check",
      "--seconds", "0.01")
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardOutput.split(separator: "\n").count == 2 + 3 + 4 + 6 + 5 + 2)
  }

  /// The keys of every object of a run with `--check`.
  private static let common: Set = [
    "workload", "framework", "version", "threads", "ms", "ms_min", "ms_max", "samples_per_s",
    "core", "limit_share", "peak_gflops", "peak_gb_per_s",
  ]

  private static func objects(
    _ arguments: [String], seconds: Double = 0.05
  ) throws -> [[String: Any]] {
    let result = try program.run(
      arguments + ["--seconds", "\(seconds)", "--threads", "2", "--json"])
    #expect(result.status == 0, "\(result.standardError)")
    #expect(result.standardError == "")
    return try result.standardOutput.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }
}
