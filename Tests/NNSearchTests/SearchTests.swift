import Foundation
import NNCore
import NNFormats
import NNKernels
import NNSearch
import NNTestSupport
import NNTraining
import Testing

@Suite("Search: trials and journal")
struct SearchTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func record(_ name: String) throws -> SearchRecord {
    try #require(try SearchRecord(journal: SearchFolder(folder.path(name)).journal))
  }

  @Test("the journal is the same for any number of parallel trials and threads")
  func parallel() throws {
    let first = try runSearch(folder.path("1"), overrides: ["search.parallel=1"])
    for parallel in [2, 3, 8] {
      let other = try runSearch(
        folder.path("\(parallel)"), overrides: ["search.parallel=\(parallel)"])
      #expect(other == first, "parallel \(parallel)")
    }
    let record = try record("1")
    #expect(record.trials.map(\.number) == Array(1...11))
    #expect(record.trials.map(\.round) == [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3])
    #expect(record.trials.allSatisfy { $0.end != nil })
    #expect(record.trials.contains { $0.end?.state == .pruned })
    #expect(Set(record.trials.map(\.seed)).count == 11)
  }

  /// Runs in a process of its own, because the number of threads belongs to the process.
  @Test("a search leaves the number of threads as it was, also while it runs")
  func threads() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      WorkerPool.setThreads(3)
      let config = try Config(yaml: searchConfig, overrides: ["search.parallel=2"])
      let search = try Search(config: config, folder: SearchFolder(folder.path("search")))
      let seen = Guarded<Set<Int>>([])
      _ = try search.run {
        seen.withLock { _ = $0.insert(WorkerPool.threads) }
        return false
      }
      #expect(seen.withLock { $0 } == [3])
      #expect(WorkerPool.threads == 3)
    }
  }

  @Test("a search that was stopped many times ends with the same bytes")
  func interruptions() throws {
    let whole = try runSearch(folder.path("whole"))
    for parallel in [1, 3] {
      let name = "stopped-\(parallel)"
      var journal: [UInt8] = []
      var calls = 0
      while journal.count < whole.count, calls < 60 {
        journal = try runSearch(
          folder.path(name), overrides: ["search.parallel=\(parallel)"], resumes: calls > 0,
          stoppingAfter: 3 + calls)
        #expect(whole.starts(with: journal), "call \(calls)")
        calls += 1
      }
      #expect(try runSearch(folder.path(name), resumes: true) == whole)
      #expect(calls > 5)
    }
  }

  @Test("a journal that was cut off anywhere is continued to the same bytes")
  func truncation() throws {
    let whole = try runSearch(folder.path("whole"))
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    var cuts = [0, 5, ends[0], ends[0] + 1, whole.count - 1]
    cuts += stride(from: 1, to: ends.count, by: 3).flatMap { [ends[$0] - 2, ends[$0]] }
    for (index, cut) in cuts.enumerated() {
      // The runs are further than the journal, as after a power failure, or gone.
      let path = folder.path("cut-\(index)")
      if index.isMultiple(of: 2) {
        try FileManager.default.copyItem(atPath: folder.path("whole"), toPath: path)
      }
      try folder.write(Data(whole.prefix(cut)), to: "cut-\(index)/journal.jsonl")
      #expect(try runSearch(path, resumes: true) == whole, "\(cut) bytes")
    }
  }

  @Test("a damaged journal is an error that names the line")
  func damage() throws {
    let whole = try runSearch(folder.path("whole"), overrides: ["search.trials=2"])
    let lines = String(decoding: whole, as: UTF8.self).split(separator: "\n").map(String.init)
    for (index, replacement, part) in [
      (0, lines[1], "does not begin"), (1, "{}", "event"), (2, "nonsense", "expected a value"),
      (1, lines[1].replacing("\"round\": 1", with: "\"round\": 7"), "does not follow"),
      (2, lines[2].replacing("suggested", with: "imagined"), "unknown event `imagined`"),
      (3, lines[3].replacing("\"run\": 1", with: "\"run\": \(Int.max)"), "does not follow"),
      (0, lines[0].replacing("\"version\": 1", with: "\"version\": 9"), "newer version"),
    ] {
      var changed = lines
      changed[index] = replacement
      let name = "damaged-\(index)-\(part.count)"
      try folder.write(changed.joined(separator: "\n") + "\n", to: "\(name)/journal.jsonl")
      expectError("journal.jsonl:\(index + 1)", part) {
        try runSearch(folder.path(name), resumes: true)
      }
    }
  }

  @Test("resuming with other settings lists what differs; more trials are allowed")
  func changes() throws {
    let path = folder.path("a")
    let short = try runSearch(path, overrides: ["search.trials=4"])
    expectError("already holds a search", "--resume") { try runSearch(path) }
    expectError("search.parameters.optimizer.adam.lr.log", "0.1", "0.5", "epochs 4 -> 5") {
      try runSearch(
        path,
        overrides: ["search.parameters={optimizer.adam.lr: {log: [0.001, 0.5]}}", "epochs=5"],
        resumes: true)
    }
    let long = try runSearch(path, overrides: ["search.parallel=2"], resumes: true)
    #expect(long.starts(with: short))
    // The first round was full, so a search that had more trials from the start is the same.
    #expect(try runSearch(folder.path("b")) == long)
  }

  @Test("best.yaml repeats the best trial bit by bit")
  func best() throws {
    try runSearch(folder.path("a"))
    let record = try record("a")
    let best = try #require(record.best(maximizes: true))
    let values = record.trials.filter { $0.end?.state == .complete }.compactMap { $0.end?.value }
    #expect(best.end?.value == values.max())
    let search = SearchFolder(folder.path("a"))
    let config = try Config(contentsOf: search.best)
    #expect(config.seed == best.seed && config.search == nil)
    let run = try TrainingRun(config: config, folder: RunFolder(folder.path("again")))
    _ = try run.run()
    #expect(
      try FileBytes.read(run.folder.model)
        == FileBytes.read(search.run(ofTrial: best.number).model))
    #expect(String(decoding: try FileBytes.read(search.best), as: UTF8.self).hasPrefix("# Trial "))
  }

  @Test("trials share the data and differ in the seed of weights")
  func data() throws {
    try runSearch(
      folder.path("a"), overrides: ["search={method: random, trials: 3, parameters: {epochs: [1]}}"]
    )
    let search = SearchFolder(folder.path("a"))
    let configs = try (1...3).map { try Config(contentsOf: search.run(ofTrial: $0).config) }
    #expect(Set(configs.map(\.seed)).count == 3)
    for config in configs {
      #expect(config.data.train["seed"] == .integer(3))
      #expect(config.data.validation == .split(0.25, seed: 3))
      #expect(config.seed < 1 << 31)
    }
    #expect(configs.map(\.seed) == (1...3).map { Search.seed(3, trial: $0, run: 1) })
  }

  @Test("diverged and invalid trials are results, and the search goes on")
  func failures() throws {
    try runSearch(
      folder.path("a"),
      overrides: [
        "optimizer={sgd: {lr: 0.1}}", "loss=mse", "metrics=[mae]", "dtype=float32",
        "model=[{linear: 8}, {linear: 1}]",
        "search={metric: val_mae, method: grid, parameters: {optimizer.sgd.lr: [0.01, 1.0e9], "
          + "optimizer.sgd.nesterov: [true, false], optimizer.sgd.momentum: [0.0, 0.5]}}",
      ])
    let record = try record("a")
    #expect(record.trials.count == 8)
    for trial in record.trials {
      let values = trial.point.values.map { $0?.coordinate }
      // Nesterov momentum of 0 is refused.
      let isInvalid = values[1] == 0 && values[2] == 0
      let expected: TrialEnd.State = isInvalid ? .invalid : values[0] == 1 ? .diverged : .complete
      #expect(trial.end?.state == expected, "trial \(trial.number)")
      #expect((trial.end?.reason == nil) == (expected == .complete))
      #expect((trial.end?.value == nil) == (expected != .complete))
    }
    #expect(record.best(maximizes: false)?.end?.value != nil)
  }

  @Test("a search of which nothing can be trained ends with the reason")
  func nothing() throws {
    expectError("none of the first 2 trials", "nesterov") {
      try runSearch(
        folder.path("a"),
        overrides: [
          "optimizer={sgd: {lr: 0.1}}",
          "search={method: grid, parameters: {optimizer.sgd.momentum: [0.5], "
            + "optimizer.sgd.dampening: [0.1, 0.2], optimizer.sgd.nesterov: [true]}}",
        ])
    }
  }

  @Test("with several seeds results are means, and dominated points get no further runs")
  func seeds() throws {
    let overrides = [
      "search={metric: val_loss, method: random, trials: 12, round: 4, seeds: 3, parameters: "
        + "{optimizer.adam.lr: {log: [1.0e-5, 0.1]}}}"
    ]
    let journal = try runSearch(folder.path("a"), overrides: overrides)
    #expect(
      try runSearch(folder.path("b"), overrides: overrides + ["search.parallel=3"]) == journal)
    let record = try record("a")
    var best: SearchRecord.Trial?
    for trial in record.trials {
      let results = trial.results.compactMap(\.self)
      let mean = results.reduce(0, +) / Double(results.count)
      #expect(trial.end?.value == mean)
      if trial.end?.state == .complete {
        #expect(results.count == 3 && Set(results).count == 3)
      } else {
        #expect(trial.end?.state == .dominated && results.count < 3)
        let known = record.trials.filter { $0.round < trial.round && $0.end?.state == .complete }
        best = known.min { ($0.end?.value ?? 9) < ($1.end?.value ?? 9) }
        let worst = try #require(best?.results.compactMap(\.self).max())
        #expect(try #require(results.min()) > worst)
      }
    }
    #expect(best != nil, "no trial was dominated")
    #expect(folder.contains("a/trials/0001-3/model.safetensors"))
  }

  @Test("a time budget ends between steps and continues to the same bytes")
  func timeBudget() throws {
    let whole = try runSearch(folder.path("whole"))
    let path = folder.path("late")
    let config = try Config(yaml: searchConfig, overrides: ["search.time_budget=0.000001"])
    expectError("ended before the first trial", kind: .runFailed) {
      _ = try Search(config: config, folder: SearchFolder(path)).run()
    }
    #expect(try runSearch(path, resumes: true) == whole)
  }

  @Test("ASHA finds what full training finds in at most half of the epochs")
  func halving() throws {
    // Enough steps for an epoch to tell good rates from bad ones.
    let overrides = [
      "data.train={circles: {samples: 800, noise: 0.1}}", "epochs=27",
      "search={metric: val_loss, method: random, trials: 24, parameters: "
        + "{optimizer.adam.lr: {log: [1.0e-4, 0.1]}, "
        + "model.0.linear.out_features: {range: [2, 16], step: 2}}}",
    ]
    try runSearch(folder.path("full"), overrides: overrides)
    try runSearch(folder.path("halved"), overrides: overrides + ["search.pruner=asha"])
    let (full, halved) = (try record("full"), try record("halved"))
    func epochs(_ record: SearchRecord) -> Int { record.trials.reduce(0) { $0 + $1.epochs } }
    #expect(epochs(full) == 24 * 27)
    #expect(epochs(halved) <= epochs(full) / 2)
    #expect(halved.best(maximizes: false)?.end?.value == full.best(maximizes: false)?.end?.value)
  }
}
