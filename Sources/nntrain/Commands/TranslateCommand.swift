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
      Reads one text per line from standard input or --input, and prints one translation per line. \
      For a line that cannot be translated it prints an empty line and an error, and exits with \
      status 2 at the end.

      EXAMPLES:
        echo "In the beginning" | nntrain translate runs/verses-1
        nntrain translate runs/verses-1 --input english.txt --beam 8
        nntrain translate runs/verses-1 --input english.txt --attention weights.json
        echo "In the beginning" | nntrain translate runs/verses-1 --attention attention.svg
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp("The texts, one per line (default: standard input).", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(help: ArgumentHelp("The beam width; 1 is greedy.", valueName: "n"))
  var beam = 4

  @Option(
    help: ArgumentHelp("The preference for long translations; 0 for none.", valueName: "a"))
  var lengthPenalty = 1.0

  @Option(
    help: ArgumentHelp(
      """
      Where to write the attention weights of each target token over the source tokens, averaged \
      over the heads: a file that ends with .svg gets a picture of every line, any other one line \
      of JSON for each line, with `source`, `target` and `layers`.
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
        description: "Attention weights of each target token (row) over the source tokens "
          + "(columns).", panels: plots)
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

  /// Prints one translation per line; returns whether a line could not be translated.
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
