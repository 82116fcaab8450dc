import Foundation
import NNTestSupport
import Testing

/// Commands on a table with embedded categories.
@Suite("Commands on tables with several inputs")
struct TableInputCommandTests {
  private static func rows(_ count: Int, from first: Int = 0) -> String {
    "id,x,city,kind\n"
      + (first..<first + count).map { index in
        let (x, city) = (index * 7 % 10, index * 5 % 3)
        return
          "\(index),\(x),\(["Bern", "Oslo", "Rome"][city]),\(x + 5 * city > 9 ? "high" : "low")\n"
      }.joined()
  }

  @Test("train, evaluate, predict, explain, report and graph")
  func wholeWay() throws {
    let workspace = try Workspace(
      """
      data:
        train:
          csv: train.csv
          target: kind
          exclude: [id]
          columns: {city: {encode: embedding}, x: {scale: standard}}
        validation: {split: 0.2}
        test: {csv: test.csv, target: kind}
        batch_size: 16
      model:
        inputs: [input, city]
        layers:
          - {name: vectors, from: city, embedding: {embedding_dim: 3, padding_idx: 0}}
          - {from: [input, vectors], concat: {}}
          - linear: 16
          - relu
          - linear: 2
      loss: cross_entropy
      optimizer: {adam: {lr: 0.02}}
      metrics: [accuracy]
      epochs: 60
      """)
    try workspace.folder.write(Self.rows(150), to: "train.csv")
    try workspace.folder.write(Self.rows(30, from: 1000), to: "test.csv")
    let output = try workspace.train()
    let accuracy = try #require(output.firstMatch(of: /test: loss [\d.e-]+, accuracy ([\d.]+)/))
    #expect(Double(accuracy.1) ?? 0 >= 0.9, "\(output)")
    let run = workspace.path("run")
    #expect(try CommandLine.succeed("evaluate", run).contains(accuracy.1))

    try workspace.folder.write("id,city,x\n7,Rome,9\n8,Bern,0\n9,Paris,0\n", to: "new.csv")
    try workspace.folder.write(
      "{\"city\": \"Rome\", \"x\": 9, \"id\": 7}\n{\"id\": 8, \"city\": \"Bern\", \"x\": 0}\n",
      to: "new.jsonl")
    let note = "note: column \"city\": categories that the training rows lack, encoded as 0: 1\n"
    func classes(_ input: String, standardInput: String = "") throws -> [String] {
      let result = try CommandLine.program.run(
        ["predict", run, "--input", input], input: standardInput)
      #expect(result.status == 0, "\(result.standardError)")
      if input.hasSuffix(".csv") || input == "-" { #expect(result.standardError == note) }
      return result.standardOutput.split(separator: "\n").dropFirst().map { line in
        line.split(separator: ",").prefix(2).joined(separator: ",")
      }
    }
    let table = try classes(workspace.path("new.csv"))
    #expect(table.count == 3 && table[..<2] == ["7,high", "8,low"])
    #expect(try classes("-", standardInput: workspace.folder.text(of: "new.csv")) == table)
    #expect(try classes(workspace.path("new.jsonl")) == Array(table[..<2]))

    let importance = try CommandLine.succeed(
      "explain", run, "--method", "permutation", "--repeats", "2")
    #expect(importance.contains("\nx ") && importance.contains("\ncity "), "\(importance)")
    let report = try workspace.folder.text(of: "run/report.html")
    #expect(report.contains("1 of its own, 0 to 3, for an embedding"))
    // The worst examples have their categories next to their numbers.
    #expect(report.contains(">x</th>") && report.contains(">city</th>"))
    try CommandLine.succeed("graph", workspace.config, "--output", workspace.path("net.svg"))
    let drawing = try workspace.folder.text(of: "net.svg")
    #expect(drawing.contains(">input<") && drawing.contains(">city<"))
    try CommandLine.succeed("summary", workspace.config)
  }

  @Test("a table of categories alone is learnt, and its columns are explained one by one")
  func onlyCategories() throws {
    let workspace = try Workspace(
      """
      data:
        train: {csv: train.csv, columns: {'*': {encode: embedding}}}
        batch_size: 20
      model:
        inputs: [user, item]
        layers:
          - {name: users, from: user, embedding: 4}
          - {name: items, from: item, embedding: 4}
          - {from: [users, items], concat: {}}
          - linear: 1
      loss: mse
      optimizer: {adam: {lr: 0.02}}
      epochs: 20
      """)
    try workspace.folder.write(
      "user,item,rating\n"
        + (0..<60).map { "u\($0 % 5),i\($0 % 4),\($0 % 5 + $0 % 4).5\n" }.joined(), to: "train.csv")
    try workspace.train()
    let run = workspace.path("run")
    try CommandLine.succeed("evaluate", run, "--data", workspace.path("train.csv"))
    try CommandLine.succeed(
      "explain", run, "--data", workspace.path("train.csv"), "--rows", "2", "--out",
      workspace.path("explained"))
    for input in ["user", "item"] {
      #expect(workspace.folder.contains("explained/integrated_gradients-\(input).npy"))
    }
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.normalize=standard"],
      saying: ["categories cannot be normalised", "columns: {NAME: {scale: standard}}"])
  }
}
