import ArgumentParser
import NNAnalysis
import NNCore
import NNData
import NNFormats
import NNTraining

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Shows which parts of an input a trained network's output depends on.",
    discussion: """
      For each row prints the explained output f(x), the output f(baseline), the error of \
      completeness (how far the attributions are from adding up to f(x) − f(baseline)), and the \
      features, time steps, tokens or pixels with the largest attributions, with sign and share. \
      Writes them as .npy and as a drawing (.svg) per row. Attributions are with respect to raw \
      inputs, before the run's normalisation. Methods and defaults are those of captum. The first \
      rows are also written to explanation.json in the run folder, and nntrain report shows them.

      Two methods explain the network over all rows of the data instead, as scikit-learn does:

        permutation          how much a score falls when a feature is shuffled among the rows, mean \
      and standard deviation over --repeats shuffles; also in importance.json in the run folder
        partial_dependence   the mean output as a function of one column of a table, --feature

      EXAMPLES:
        nntrain explain runs/iris-1 --rows 0,5,17
        nntrain explain runs/mnist-1 --rows worst
        nntrain explain runs/mnist-1 --method grad_cam --rows 3 --class 7
        nntrain explain runs/mnist-1 --method occlusion --window 1,4,4 --stride 1,2,2 --rows 3
        nntrain explain runs/iris-1 --method permutation --metric accuracy
        nntrain explain runs/iris-1 --method partial_dependence --feature petal_length,petal_width
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      """
      saliency, gradient_x_input, integrated_gradients, smoothgrad, guided_backprop, grad_cam, \
      occlusion, permutation or partial_dependence. (default: integrated_gradients)
      """, valueName: "name"))
  var method = IntegratedGradients.name

  @Option(
    help: ArgumentHelp(
      """
      The rows to explain, from 0: 0,5,17; or worst, those with the highest loss, 8 or as many as \
      named: worst:20. (default: 0)
      """, valueName: "rows"))
  var rows: String?

  @Option(
    name: .customLong("class"),
    help: ArgumentHelp(
      """
      The output to explain: predicted, or its number from 0. (default: predicted; all outputs for \
      partial_dependence)
      """, valueName: "class"))
  var output: String?

  @OptionGroup var examples: AnalyzedDataOption

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp(
      "The folder for .npy and .svg (default: explanations in the run folder).",
      valueName: "dir"), completion: .directory)
  var outputFolder: String?

  @Option(
    help: ArgumentHelp(
      "The input that a row is compared with. (default: 0)", valueName: "number"))
  var baseline: Double?

  @Option(
    help: ArgumentHelp(
      "Nodes of the integral of integrated_gradients. (default: 50)", valueName: "n"))
  var steps: Int?

  @Option(
    help: ArgumentHelp("Noisy copies of a row for smoothgrad. (default: 5)", valueName: "n"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "The standard deviation of the noise of smoothgrad, in the input's unit. (default: 1)",
      valueName: "number"))
  var stdev: Double?

  @Option(
    help: ArgumentHelp(
      "The window of occlusion, an extent for each axis of a row: 1,4,4.", valueName: "extents"))
  var window: String?

  @Option(
    help: ArgumentHelp("How far the window moves along each axis.", valueName: "strides"))
  var stride: String?

  @Option(
    help: ArgumentHelp(
      "The layer whose output grad_cam explains (default: the last convolution).",
      valueName: "path"))
  var layer: String?

  @Option(
    help: ArgumentHelp(
      """
      The score of permutation: loss, a metric of the run, or another one as in a config. (default: \
      the run's first metric, else accuracy for classes, else loss)
      """, valueName: "metric"))
  var metric: String?

  @Option(
    help: ArgumentHelp("Shuffles of each feature for permutation. (default: 5)", valueName: "n"))
  var repeats: Int?

  @Option(
    help: ArgumentHelp(
      "The columns for partial_dependence, by name, or by number if they have no names: a,b.",
      valueName: "names"))
  var feature: String?

  @Option(
    help: ArgumentHelp(
      "The number of parts to print for each row, or of features. (default: 10)", valueName: "n"))
  var top: Int?

  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    _ = try chosenRows
    if let output, output != "predicted", Int(output).map({ $0 < 0 }) ?? true {
      throw ValidationError("--class is \(output), expected predicted or a number from 0")
    }
    if let window { _ = try Self.integers(window, "--window") }
    if let stride { _ = try Self.integers(stride, "--stride") }
    if let top, top < 1 { throw ValidationError("--top is \(top), expected at least 1") }
    if let repeats, repeats < 1 {
      throw ValidationError("--repeats is \(repeats), expected at least 1")
    }
    try validateUse()
  }

  /// Refuses options that the method does not read.
  private func validateUse() throws {
    let names = Explainer.methods + [PermutationImportance.name, PartialDependence.name]
    guard names.contains(method) else {
      throw ValidationError(
        "there is no method of explanation `\(method)`; "
          + Suggestion.hint(for: method, in: names, plural: "methods"))
    }
    let uses: [(option: String, isGiven: Bool, methods: [String])] = [
      ("--rows", rows != nil, Explainer.methods),
      ("--class", output != nil, Explainer.methods + [PartialDependence.name]),
      ("--baseline", baseline != nil, Explainer.methods),
      ("--steps", steps != nil, [IntegratedGradients.name]),
      ("--samples", samples != nil, [SmoothGrad.name]),
      ("--stdev", stdev != nil, [SmoothGrad.name]),
      ("--window", window != nil, [Occlusion.name]),
      ("--stride", stride != nil, [Occlusion.name]),
      ("--layer", layer != nil, [GradCAM.name]),
      ("--metric", metric != nil, [PermutationImportance.name]),
      ("--repeats", repeats != nil, [PermutationImportance.name]),
      ("--feature", feature != nil, [PartialDependence.name]),
      ("--top", top != nil, Explainer.methods + [PermutationImportance.name]),
    ]
    if let use = uses.first(where: { $0.isGiven && !$0.methods.contains(method) }) {
      let owners =
        use.methods.count > 3
        ? "methods that explain rows" : use.methods.joined(separator: ", ")
      throw ValidationError("\(method) does not read \(use.option), which belongs to \(owners)")
    }
    guard method == PartialDependence.name else { return }
    if feature == nil {
      throw ValidationError("partial_dependence needs --feature, the column of a table")
    }
    if output == "predicted" {
      throw ValidationError(
        "partial_dependence averages over rows, which have different predicted classes; name the "
          + "--class by its number, or leave it out for all")
    }
  }

  static func integers(_ text: String, _ option: String) throws -> [Int] {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    let known = numbers.compactMap(\.self)
    guard known.count == numbers.count, known.allSatisfy({ $0 >= 0 }) else {
      throw ValidationError("\(option) is \(text), expected integers such as 0,5,17")
    }
    return known
  }

  func run() throws {
    try globals.useThreads()
    let runFolder = RunFolder(folder)
    let model = try TrainedModel(folder: runFolder)
    let data = try examples.dataset(for: model)
    let folder = outputFolder ?? runFolder.explanations
    switch method {
    case PermutationImportance.name: try explainScore(model, data, runFolder, drawings: folder)
    case PartialDependence.name: try explainFeatures(model, data, drawings: folder)
    default: try explainRows(model, data, runFolder, drawings: folder)
    }
  }

  /// Creates the folder of drawings.
  static func create(_ folder: String) throws(NNError) {
    try OutputFolder.create(
      folder, for: "folder of explanations", hint: "choose a writable folder with --out")
  }
}
