import ArgumentParser
import NNCore
import NNFormats

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a file of numbers holds: names, types, shapes, metadata.",
    discussion: """
      Takes .safetensors, .npy, .npz and .idx files, the last compressed by gzip or not. The whole \
      file is verified; a damaged one is refused.

      EXAMPLES:
        nntrain inspect runs/mnist-1/model.safetensors
        nntrain inspect pictures.npz
      """)

  @Argument(help: "The file to look into.", completion: .file())
  var file: String

  func run() throws {
    let contents = try FileContents(file)
    var table = Table(
      ("name", .left), ("type", .left), ("shape", .left), ("elements", .right), ("size", .right))
    for array in contents.arrays {
      table.add(
        array.name.isEmpty ? "-" : array.name, array.storedType, "\(array.shape)",
        NumberText.grouped(array.shape.elementCount), NumberText.bytes(array.byteCount))
    }
    table.setFooter(
      "\(contents.arrays.count) in all", "", "",
      NumberText.grouped(contents.arrays.map(\.shape.elementCount).saturatingSum),
      NumberText.bytes(contents.arrays.map(\.byteCount).saturatingSum))
    var lines = ["\(file.escapingControls()): \(contents.format)", "", table.text]
    if !contents.metadata.isEmpty {
      lines += ["", "metadata"]
      for (name, text) in contents.metadata {
        let parts = text.split(separator: "\n", omittingEmptySubsequences: true)
        lines +=
          parts.count == 1
          ? ["  \(name.escapingControls()): \(text.escapingControls())"]
          : ["  \(name.escapingControls()):"]
            + parts.map { "    \(String($0).escapingControls(keeping: ["\t"]))" }
      }
    }
    try Console.print(lines.joined(separator: "\n"))
  }
}
