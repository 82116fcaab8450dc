import ArgumentParser
import NNCore
import NNDrawing
import NNFormats
import NNText
import NNTraining

struct TranslateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Translates lines of text with a trained encoder–decoder.",
    discussion: """
      Reads a text a line from standard input or --input, and prints its translation on a line. A \
      line that cannot be translated gives an empty one and an error, and in the end status 2.

      EXAMPLES:
        echo "In the beginning" | nntrain translate runs/verses-1
        nntrain translate runs/verses-1 --input english.txt --beam 8
        nntrain translate runs/verses-1 --input english.txt --attention weights.json
        echo "In the beginning" | nntrain translate runs/verses-1 --attention picture.svg
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The texts, one a line (default: standard input).", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(help: ArgumentHelp("How many beginnings to follow; 1 is greedy.", valueName: "n"))
  var beam = 4

  @Option(
    help: ArgumentHelp("How much long translations are preferred; 0 not at all.", valueName: "a"))
  var lengthPenalty = 1.0

  @Option(
    help: ArgumentHelp(
      """
      Where to write what each token took from those of its text, averaged over the heads: to a \
      file that ends with .svg a picture of every line, else for each line one of JSON, with \
      `source`, `target` and `layers`.
      """, valueName: "file"), completion: .file(extensions: ["svg", "json"]))
  var attention: String?

  @Option(
    help: ArgumentHelp(
      "The layer in the picture (default: the mean of all).", valueName: "path"))
  var layer: String?

  func validate() throws {
    guard layer == nil || drawsAttention else {
      throw ValidationError("--layer chooses what --attention FILE.svg draws")
    }
  }

  private var drawsAttention: Bool { attention?.hasSuffix(".svg") ?? false }

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func run() throws {
    try globals.useThreads()
    let translator = try Translator(
      TrainedModel(folder: RunFolder(folder)), beamWidth: beam, lengthPenalty: lengthPenalty)
    var hasFailed = false
    if let attention, drawsAttention {
      try translator.prepareAlignments()
      var plots: [any Panel] = []
      hasFailed = try translateLines(by: translator) { (alignment) throws(NNError) in
        if let alignment { plots.append(try plot(alignment)) }
      }
      let figure = Figure(
        title: "",
        description: "What each token of a translation, a row, took from each of its "
          + "text, a column.", panels: plots)
      try AtomicFile.write(path: attention, text: figure.svg())
    } else if let attention {
      try translator.prepareAlignments()
      try AtomicFile.write(path: attention) { (file) throws(NNError) in
        hasFailed = try translateLines(by: translator) { (alignment) throws(NNError) in
          try file.write(Array((Self.json(alignment) + "\n").utf8))
        }
      }
    } else {
      hasFailed = try translateLines(by: translator)
    }
    if hasFailed { throw ExitCode(2) }
  }

  private func plot(_ alignment: Alignment) throws(NNError) -> Plot {
    let paths = alignment.layers.map(\.path)
    if let layer, !paths.contains(layer) {
      throw .invalid(
        "no layer `\(layer)` attends to the text",
        hint: "there are: \(paths.joined(separator: ", "))")
    }
    return Plot(
      title: alignment.title, attentionTo: alignment.sourceTokens, by: alignment.targetTokens,
      weights: alignment.meanWeights(ofLayer: layer))
  }

  /// Prints a line for each line, and tells whether one could not be translated.
  private func translateLines(
    by translator: Translator,
    onAlignment: (Alignment?) throws(NNError) -> Void = { _ in }
  ) throws(NNError) -> Bool {
    var lines = try TextLines(input)
    var hasFailed = false
    while let bytes = try lines.next() {
      var (text, alignment) = ("", Alignment?.none)
      do throws(NNError) {
        (text, alignment) = try translation(of: bytes, at: lines.place, by: translator)
      } catch {
        Console.error("\(error)")
        hasFailed = true
      }
      try Console.print(text)
      try onAlignment(alignment)
    }
    return hasFailed
  }

  private func translation(
    of bytes: [UInt8], at place: String, by translator: Translator
  ) throws(NNError) -> (String, Alignment?) {
    let line = try TextFile.text(bytes, at: place)
    guard !line.isEmpty else { return ("", nil) }
    do throws(NNError) {
      guard attention != nil else { return (try translator.translate(line), nil) }
      let alignment = try translator.alignment(of: line)
      return (alignment.translation, alignment)
    } catch { throw error.at(place) }
  }

  /// The means over heads, layer by layer; empty lists for a line without a translation.
  private static func json(_ alignment: Alignment?) -> String {
    func list(_ texts: [String]) -> String { "[" + texts.joined(separator: ", ") + "]" }
    let layers = (alignment?.layers ?? []).map { layer in
      let mean = layer.mean.doubles.map { $0.isFinite ? "\(Float($0))" : "null" }
      let width = layer.mean.shape[1]
      let rows = stride(from: 0, to: mean.count, by: width).map {
        list(Array(mean[$0..<$0 + width]))
      }
      return "\(JSONValue.quoted(layer.path)): \(list(rows))"
    }
    return "{\"source\": \(list((alignment?.sourceTokens ?? []).map(JSONValue.quoted))), "
      + "\"target\": \(list((alignment?.targetTokens ?? []).map(JSONValue.quoted))), "
      + "\"layers\": {\(layers.joined(separator: ", "))}}"
  }
}
