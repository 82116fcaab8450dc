import ArgumentParser
import NNCore
import NNDrawing
import NNFormats
import NNReports

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows the contents of a file of numbers: names, types, shapes, metadata.",
    discussion: """
      Reads .safetensors, .npy, .npz and .idx files, the last compressed by gzip or not. The whole \
      file is verified; a damaged one is an error.

      EXAMPLES:
        nntrain inspect runs/mnist-1/model.safetensors
        nntrain inspect images.npz
      """)

  @Argument(help: "The file to inspect.", completion: .file())
  var file: String

  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    let contents = try FileContents(file)
    try Console.print(jsonOption.json ? json(contents).text : text(contents))
  }

  private func text(_ contents: FileContents) -> String {
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
        let (name, text) = (name.escapingControls(), text.escapingControls(keepsLines: true))
        let parts = text.split(separator: "\n", omittingEmptySubsequences: true)
        lines +=
          parts.count == 1
          ? ["  \(name): \(text)"] : ["  \(name):"] + parts.map { "    \($0)" }
      }
    }
    return lines.joined(separator: "\n")
  }

  private func json(_ contents: FileContents) -> JSONLine {
    var document = JSONLine()
    document.add("file", file)
    document.add("format", contents.format)
    document.add(
      "arrays",
      contents.arrays.map { array in
        var line = JSONLine()
        line.add("name", array.name)
        line.add("type", array.storedType)
        line.add("shape", array.shape.dimensions)
        line.add("elements", array.shape.elementCount)
        line.add("bytes", array.byteCount)
        return line
      })
    var metadata = JSONLine()
    for (name, text) in contents.metadata { metadata.add(name, text) }
    document.add("metadata", metadata)
    return document
  }
}
