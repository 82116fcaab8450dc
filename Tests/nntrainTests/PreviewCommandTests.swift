import Foundation
import NNTestSupport
import Testing

@Suite("preview")
struct PreviewCommandTests {
  private func images() throws -> Workspace {
    let workspace = try Workspace.images()
    let text = try String(contentsOfFile: workspace.config, encoding: .utf8)
    try text.replacing(
      "  normalize: standard",
      with: "  normalize: standard\n  augment: [random_horizontal_flip, {mixup: {alpha: 1}}]"
    ).write(toFile: workspace.config, atomically: true, encoding: .utf8)
    return workspace
  }

  @Test("shows images in the terminal and on a page, the same every time")
  func imagesBeforeAndAfter() throws {
    let workspace = try images()
    let text = try CommandLine.succeed("preview", workspace.config, "--rows", "3")
    #expect(text.contains("- {random_horizontal_flip: {p: 0.5}}\n- {mixup: {alpha: 1.0}}\n"))
    #expect(text.contains("row ") && text.contains("before") && text.contains("epoch 4"))
    let again = try CommandLine.succeed(
      "preview", workspace.config, "--rows", "3", "--threads", "1")
    #expect(again == text)
    let other = try CommandLine.succeed("preview", workspace.config, "--rows", "3", "--seed", "9")
    #expect(other != text)

    let page = workspace.path("preview.html")
    let note = try CommandLine.succeed(
      "preview", workspace.config, "--rows", "3", "--epochs", "2", "--output", page)
    #expect(note == "preview: \(page)\n")
    let html = try String(contentsOfFile: page, encoding: .utf8)
    // Each image before and in two epochs, with its mixed target.
    #expect(html.components(separatedBy: "<img ").count == 1 + 3 * 3)
    #expect(html.contains("epoch 1: ") && !html.contains("<script"))
  }

  @Test("shows a table in numbers, a series as lines, a text in tokens")
  func otherData() throws {
    let table = try Workspace()
    let numbers = try CommandLine.succeed(
      "preview", table.config, "--set", "data.augment=[{gaussian_noise: {sigma: 0.1}}]", "--rows",
      "2", "--epochs", "1", "--quiet")
    #expect(numbers.contains("row") && numbers.contains("target"))
    #expect(numbers.split(separator: "\n").count == 2 + 4)

    let rows = (0..<40).map { "\($0),\(sin(Double($0) / 3))" }
    try table.folder.write((["t,y"] + rows).joined(separator: "\n") + "\n", to: "series.csv")
    let series = try CommandLine.succeed(
      "preview", table.config, "--set",
      "data={train: {series: series.csv, column: y, window: 8}, augment: [jitter]}",
      "--set", "loss=mse", "--set", "metrics=[]", "--set", "model=[flatten, {linear: 1}]",
      "--rows", "1")
    #expect(series.contains("step") && series.contains("before"))

    try table.folder.write("the cat sat on the mat and the dog sat on the cat\n", to: "a.txt")
    let text = try CommandLine.succeed(
      "preview", table.config, "--set",
      "data={train: {text: a.txt, level: word, context: 6}, augment: [{token_mask: {p: 0.5}}]}",
      "--set", "model=[{embedding: {embedding_dim: 4}}, {lstm: 4}, {linear: 40}]", "--set",
      "metrics=[]", "--rows", "2")
    #expect(text.contains("|") && text.contains("▁"))
  }

  @Test("the report shows the same examples")
  func report() throws {
    let workspace = try images()
    try workspace.train("--quiet")
    let page = try String(contentsOfFile: workspace.path("run/report.html"), encoding: .utf8)
    #expect(page.contains(">Augmented examples</h2>"))
    #expect(!page.contains("This section is missing"))
  }

  @Test("wrong input is refused")
  func wrongInput() throws {
    let workspace = try Workspace()
    try CommandLine.fail(
      ["preview", workspace.config],
      saying: ["the config has no augmentations", "hint: add some to `data`"])
    try CommandLine.fail(
      ["preview", workspace.config, "--set", "data.augment=[random_crop]"],
      saying: ["`random_crop` changes images, and examples of shape [2] are tables"])
    try CommandLine.fail(
      ["check", workspace.config, "--set", "data.augment=[random_crop]"],
      saying: ["`random_crop` changes images"])
    try CommandLine.fail(
      ["preview", workspace.config, "--rows", "0"],
      saying: ["--rows is 0, expected a number from 1 to 1000"])
    try CommandLine.fail(
      ["preview", workspace.config, "--epochs", "9"],
      saying: ["--epochs is 9, expected a number from 1 to 8"])
    try CommandLine.fail(
      [
        "preview", workspace.config, "--set", "data.augment=[jitter]", "--output",
        "/no/such/a.html",
      ],
      saying: ["/no/such/a.html: cannot be written"])
  }
}
