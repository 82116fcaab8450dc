import NNFormats
import NNTestSupport
import Testing

/// Folders of images: from training to predictions.
@Suite("Commands on images")
struct ImageFolderCommandTests {
  private let workspace: Workspace
  /// The variable that names the cache.
  private var cache: [String: String?] { ["NN_CACHE_DIR": workspace.path("cache")] }

  init() throws {
    workspace = try Workspace(
      """
      data:
        train: {image_folder: {path: train, size: 4, on_error: skip}}
        validation: {split: 0.25}
        test: {image_folder: {path: test, size: 4}}
      model: [flatten, {linear: 2}]
      loss: cross_entropy
      optimizer: {adam: {lr: 0.1}}
      metrics: [accuracy]
      epochs: 30
      """)
    for index in 0..<8 {
      try workspace.folder.write("P3 1 1 255 \(200 + index) 0 0", to: "train/red/\(index).ppm")
      try workspace.folder.write("P3 1 1 255 0 0 \(200 + index)", to: "train/blue/\(index)")
      try workspace.folder.write("P2 1 1 255 \(index)", to: "other/grey/\(index).pgm")
    }
    try workspace.folder.write("P3 2 1 255 180 0 0 190 0 0", to: "test/red/x.ppm")
    try workspace.folder.write("no image", to: "train/red/note.txt")
  }

  private func run(_ arguments: String...) throws -> ProgramResult {
    try CommandLine.program.run(arguments, environment: cache)
  }

  @Test("images train, are evaluated and predicted; what is left out is noted")
  func trains() throws {
    let trained = try CommandLine.program.run(workspace.arguments(), environment: cache)
    #expect(trained.status == 0, "\(trained.standardError)")
    let note =
      "\(workspace.path("train")): files left out that cannot be read as images (red/note.txt: is "
      + "no image: expected PNG, JPEG, WebP, BMP, PPM, PGM or PBM): 1"
    #expect(trained.standardError == "note: training data: \(note)\n")
    let document = try workspace.folder.text(of: "run/data.json")
    for part in [
      "\"subject\": \"\(workspace.path("train"))\"", "\"what\": \"files left out that cannot",
      "\"count\": 1",
    ] { #expect(document.contains(part), "\(document)") }
    // One file for each of the two folders.
    let cached = FolderListing.names(in: workspace.path("cache")).filter { !$0.hasPrefix(".") }
    #expect(cached.count == 2)

    let evaluated = try run("evaluate", workspace.path("run"))
    #expect(evaluated.standardOutput.contains("accuracy  1\n") && evaluated.standardError.isEmpty)
    let again = try run("evaluate", workspace.path("run"), "--data", workspace.path("train"))
    #expect(again.standardOutput.contains("rows      16\n"), "\(again.standardOutput)")
    #expect(again.standardError == "note: \(note)\n")
    let wrong = try run("evaluate", workspace.path("run"), "--data", workspace.path("other"))
    #expect(wrong.status == 2)
    #expect(
      wrong.standardError.contains(
        "has class folders that the training data do not have: grey; their classes are: blue, red"))

    let one = try run(
      "predict", workspace.path("run"), "--input", workspace.path("test/red/x.ppm"))
    let lines = one.standardOutput.split(separator: "\n")
    #expect(lines.first == "file,class,blue,red")
    #expect(lines.last?.hasPrefix("\(workspace.path("test/red/x.ppm")),red,") == true)
    let many = try run(
      "predict", workspace.path("run"), "--input", workspace.path("train"), "--output",
      workspace.path("out.csv"))
    #expect(many.status == 0 && many.standardError == "note: \(note)\n")
    let rows = try workspace.table("out.csv", run: ".").dropFirst()
    #expect(rows.count == 16)
    #expect(rows.allSatisfy { $0[0].hasPrefix($0[1]) }, "\(rows)")
    try CommandLine.fail(
      ["predict", workspace.path("run"), "--input", workspace.path("train/red/note.txt")],
      saying: ["note.txt: is no image"])
  }

  @Test("every file that cannot be read is listed before the training starts")
  func unreadable() throws {
    try workspace.folder.write("P3 9 9 255 1", to: "train/blue/cut.ppm")
    try CommandLine.fail(
      workspace.arguments(["--set", "data.train.image_folder.on_error=fail"]),
      saying: [
        "train: 2 of 18 files cannot be read as images:", "\n  blue/cut.ppm: is truncated",
        "\n  red/note.txt: is no image", "hint: repair or remove them, or leave them out with",
      ], environment: cache)
    #expect(!workspace.folder.contains("run"))
  }

  @Test("the number of threads and the cache change nothing")
  func threads() throws {
    var weights: [[UInt8]] = []
    for (run, threads) in [("a", "1"), ("b", "3"), ("c", "2")] {
      let variables: [String: String?] = run == "c" ? ["NN_CACHE_DIR": ""] : cache
      let result = try CommandLine.program.run(
        workspace.arguments(["--quiet", "--threads", threads], run: run), environment: variables)
      #expect(result.status == 0 && result.standardError.isEmpty, "\(result.standardError)")
      weights.append(try FileBytes.read(workspace.path("\(run)/model.safetensors")))
    }
    #expect(weights[0] == weights[1] && weights[0] == weights[2])
  }
}
