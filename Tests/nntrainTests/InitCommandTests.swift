import Foundation
import NNTestSupport
import Testing

/// `nntrain init` on tables as people have them: each gives a config that trains, or one message.
@Suite("init")
struct InitCommandTests {
  /// Writes a table, makes a config for it and returns the folder and the output.
  private func initialize(
    _ text: String, name: String = "t.csv", _ arguments: String...
  ) throws -> (folder: TemporaryFolder, output: String) {
    let folder = try TemporaryFolder()
    try folder.write(text, to: name)
    let result = try CommandLine.program.run(["init", name] + arguments, in: folder.path)
    try #require(result.status == 0, "\(result.standardError)")
    #expect(!result.standardError.contains("error"))
    return (folder, result.standardOutput)
  }

  /// Trains a few steps with the config of a table.
  private func train(_ folder: TemporaryFolder, config: String = "t.yaml") throws {
    let result = try CommandLine.program.run(
      ["train", config, "--run-dir", "run", "--max-steps", "3", "--no-report", "--quiet"],
      in: folder.path)
    #expect(result.status == 0, "\(result.standardError)")
  }

  private func refuse(_ text: String, name: String = "t.csv", _ fragments: String...) throws {
    let folder = try TemporaryFolder()
    try folder.write(text, to: name)
    let error = try CommandLine.fail(["init", name], saying: fragments, in: folder.path)
    #expect(error.count < 600)
    #expect(!FileManager.default.fileExists(atPath: folder.path("t.yaml")))
  }

  /// Rows with an id, numbers, a category, a date and a constant; the target depends on two of them.
  private static let mixed: String = {
    let rows = (0..<60).map { index -> String in
      let colour = ["red", "green", "blue"][index % 3]
      let size = index % 7 == 0 ? "" : "\(Double(index * 37 % 19) / 4)"
      let kind = index % 3 == 0 ? "big" : "small"
      return "\(1000 + index),\(size),\(colour),2021-0\(1 + index % 9)-11,x,\(kind)\n"
    }
    return "id,size,colour,sold,unit,kind\n" + rows.joined()
  }()

  @Test("mixed types, dates, ids and constants: decided, shown and trained")
  func mixedTypes() throws {
    let (folder, output) = try initialize(Self.mixed)
    #expect(output.contains("left out: an id"))
    #expect(output.contains("left out: always x"))
    #expect(output.contains("predicts kind: one of 2 classes"))
    #expect(output.contains("nntrain train t.yaml"))
    let config = try folder.text(of: "t.yaml")
    #expect(config.contains("csv: t.csv") && config.contains("exclude: [id, unit]"))
    #expect(config.contains("colour: {type: category}") && config.contains("sold: {type: date}"))
    #expect(config.contains("size: {missing: indicator}"))
    #expect(config.contains("loss: cross_entropy") && config.contains("early_stopping"))
    let result = try CommandLine.program.run(
      ["train", "t.yaml", "--run-dir", "run", "--no-report"], in: folder.path)
    #expect(result.status == 0, "\(result.standardError)")
    #expect(
      result.standardError.contains(
        "note: training data: column \"size\": missing values filled with the mean, and marked: 9\n"
      ))
    let data = try folder.text(of: "run/data.json")
    #expect(data.contains("\"colour=red\"") && data.contains("\"count\": 9"))
    // The run encodes later rows as in training, and says what it does not know.
    try folder.write("colour,sold,size\nred,2021-03-11,1.5\nviolet,2022-01-01,\n", to: "new.csv")
    let predicted = try CommandLine.program.run(
      ["predict", "run", "--input", "new.csv"], in: folder.path)
    #expect(predicted.status == 0, "\(predicted.standardError)")
    #expect(predicted.standardOutput.split(separator: "\n").count == 3)
    #expect(predicted.standardError.contains("training rows lack, encoded as none: 1\n"))
    let evaluated = try CommandLine.program.run(
      ["evaluate", "run", "--data", "t.csv"], in: folder.path)
    #expect(evaluated.status == 0, "\(evaluated.standardError)")
    let accuracy = try #require(evaluated.standardOutput.firstMatch(of: /accuracy +([\d.]+)/)?.1)
    #expect((Double(accuracy) ?? 0) > 0.9, "\(evaluated.standardOutput)")
  }

  @Test("a number is predicted in its unit")
  func regression() throws {
    let rows = (0..<120).map { "\($0 % 11),\(Double($0 % 7) / 2),\(5000 + 300 * ($0 % 11)).5\n" }
    let (folder, output) = try initialize("a,b,price\n" + rows.joined(), "--target", "price")
    #expect(output.contains("predicts price: a number"))
    let config = try folder.text(of: "t.yaml")
    #expect(config.contains("normalize_target: standard") && config.contains("loss: mse"))
    try train(folder)
  }

  @Test("ten thousand columns")
  func wide() throws {
    let names = (0..<10_000).map { "c\($0)" }.joined(separator: ",")
    let rows = (0..<6).map { row in
      (0..<9_999).map { "\(($0 * 7 + row * 13) % 10)" }.joined(separator: ",") + ",\(row % 2)\n"
    }
    let (folder, output) = try initialize(names + "\n" + rows.joined())
    #expect(output.contains("6 rows, 9,999 inputs") || output.contains("predicts c9999"))
    #expect(output.count < 4000)
    try train(folder)
  }

  @Test("unicode names, duplicate names and names that are numbers")
  func names() throws {
    let rows = (0..<24).map { "\($0 % 5),\($0 % 3).5,\($0 % 4).25,\($0 % 7),k\($0 % 2)\n" }.joined()
    let (folder, output) = try initialize(
      "größe,a b,größe,7,ziel: \"x\"\n".replacing("\"", with: "'") + rows)
    #expect(output.contains("a second column of this name"))
    #expect(try folder.text(of: "t.yaml").contains("exclude: [2]"))
    try train(folder)
  }

  @Test("semicolons and decimal commas")
  func german() throws {
    let rows = (0..<30).map { "\($0 % 5),5;\($0 % 3),25;\($0 % 2)\n" }.joined()
    let (folder, output) = try initialize("a;b;y\n" + rows)
    #expect(output.contains("2 inputs"))
    #expect(try folder.text(of: "t.yaml").contains("decimal: \",\""))
    try train(folder)
  }

  @Test("a table without a header")
  func bare() throws {
    let rows = (0..<30).map { "\($0 % 5),7,k\($0 % 4 / 2),\($0 % 2)\n" }.joined()
    let (folder, output) = try initialize(
      "1,7,2,0\n" + rows.replacing("k", with: ""), "--target", "3")
    #expect(output.contains("predicts 3: one of 2 classes"))
    let config = try folder.text(of: "t.yaml")
    #expect(config.contains("header: false") && config.contains("exclude: [1]"))
    try train(folder)
  }

  @Test("several labels in a column")
  func labels() throws {
    let rows = (0..<30).map { index in
      "\(index % 6),\(["red|round", "round", "blue|round", "red", "blue|red"][index % 5])\n"
    }
    let (folder, output) = try initialize("x,tags\n" + rows.joined())
    #expect(output.contains("any of 3 labels"))
    try train(folder)
  }

  @Test("other formats", arguments: ["t.jsonl", "t.arff", "t.svm"])
  func formats(name: String) throws {
    let rows = (0..<20).map { index -> String in
      switch name {
      case "t.jsonl": "{\"a\": \(index % 5), \"b\": \"k\(index % 2)\", \"y\": \(index % 2)}\n"
      case "t.arff": "\(index % 5),k\(index % 2),\(index % 2)\n"
      default: "\(index % 2) 1:\(index % 5) 3:\(index % 2)\n"
      }
    }
    let header =
      name == "t.arff"
      ? "@relation r\n@attribute a numeric\n@attribute b {k0,k1}\n@attribute y {0,1}\n@data\n" : ""
    let (folder, _) = try initialize(header + rows.joined(), name: name)
    try train(folder)
  }

  @Test("one clear message where nothing can be learnt")
  func refusals() throws {
    try refuse("y\n1\n2\n", "t.csv: has one column; expected one to predict")
    try refuse("a,y\n1,2\n", "t.csv: has one row")
    try refuse("a,y\n", "t.csv: holds no examples")
    try refuse("", "t.csv: holds no rows")
    try refuse("a,y\n1,\n2,NA\n", "the target \"y\" has no values", "--target")
    try refuse(
      "a,y\n1,u\n2,\n3,u\n", "the target \"y\" is missing in 1 of 3 rows", "remove these rows")
    try refuse("a,y\n1,u\n2,u\n", "the target \"y\" is u in every row: there is nothing to learn")
    try refuse("a,y\n1,2020-01-01\n2,2020-01-02\n", "the target \"y\" holds dates")
    try refuse("a,y\n1,u\n2,v\n3,w\n", "the target \"y\" has another text in almost every row")
    try refuse("a,y\n1,u\n2,7\n3,w\n", "the target \"y\" holds numbers and texts (1 and 2 rows)")
    try refuse(
      "a,b,y\n,x,1\n,x,2\n", "no column can be an input", "\"a\" (no row has a value)",
      "\"b\" (always x)")
    try refuse("a,y\n1,2\n1\n", "t.csv:3: expected 2 fields")
    let folder = try TemporaryFolder()
    try folder.write("age,kind\n1,u\n2,v\n1,u\n2,v\n", to: "t.csv")
    try CommandLine.fail(
      ["init", "t.csv", "--target", "knd"],
      saying: ["there is no column \"knd\"", "did you mean \"kind\"?"], in: folder.path)
    try CommandLine.fail(["init", "t.txt"], saying: ["expected a table", ".csv"], in: folder.path)
    try CommandLine.fail(["init", "none.csv"], saying: ["none.csv: no such file"], in: folder.path)
    try CommandLine.succeed("init", "t.csv", "--out", "c.yaml", "--quiet", in: folder.path)
    try CommandLine.fail(
      ["init", "t.csv", "--out", "c.yaml"], saying: ["c.yaml: the file exists", "--overwrite"],
      in: folder.path)
    try CommandLine.succeed(
      "init", "t.csv", "--out", "c.yaml", "--overwrite", "--quiet", in: folder.path)
  }

  @Test("the table is named relative to the config, else by its whole path")
  func paths() throws {
    let folder = try TemporaryFolder()
    for name in ["data", "configs"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: false)
    }
    try folder.write(Self.mixed, to: "data/t.csv")
    try CommandLine.succeed("init", "data/t.csv", "--quiet", in: folder.path)
    #expect(try folder.text(of: "t.yaml").contains("csv: data/t.csv\n"))
    try CommandLine.succeed(
      "init", "data/t.csv", "--out", "configs/c.yaml", "--quiet", in: folder.path)
    #expect(try folder.text(of: "configs/c.yaml").contains("/data/t.csv\n"))
    try CommandLine.succeed("check", "configs/c.yaml", in: folder.path)
  }
}
