import ArgumentParser
import NNAnalysis
import NNCore
import NNData
import NNReports
import NNTraining

struct CertifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "certify",
    abstract: "Proves for how many examples no small perturbation changes the class.",
    discussion: """
      With --sigma: randomized smoothing. The smoothed classifier predicts the class that the network \
      predicts most often for inputs with normal noise; the table shows the share of examples that it \
      predicts correctly for every perturbation up to a Euclidean norm, with confidence 1 − alpha. \
      Train the network with noise of the same size (adversarial: {gaussian_noise: {sigma: …}}).

      With --eps: interval bound propagation, for chains of dense and convolutional layers. The table \
      shows the share of examples that are proven to be predicted correctly for every perturbation \
      whose largest element is at most eps.

      Both are in the unit of raw inputs; bytes of images count as 0…1.

      EXAMPLES:
        nntrain certify runs/mnist-1 --sigma 0.25 --n 10000 --rows 500
        nntrain certify runs/mnist-1 --sigma 0.5 --radii 0,0.5,1
        nntrain certify runs/mnist-1 --eps 0.01,0.02
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: .directory)
  var folder: String

  @Option(
    help: ArgumentHelp(
      "The standard deviation of the noise of randomized smoothing.", valueName: "number"))
  var sigma: Double?

  @Option(
    help: ArgumentHelp(
      "The number of noisy copies of each example, for --sigma (default: 10000).", valueName: "n"))
  var n: Int?

  @Option(
    help: ArgumentHelp(
      "The probability that a certificate is wrong, for --sigma (default: 0.001).",
      valueName: "number"))
  var alpha: Double?

  @Option(
    help: ArgumentHelp(
      "The Euclidean norms of the table, for --sigma (default: 0, 1, 2 and 3 times sigma).",
      valueName: "numbers"))
  var radii: String?

  @Option(
    help: ArgumentHelp(
      "The largest elements of perturbations, for interval bounds, such as 0.01,0.02.",
      valueName: "numbers"))
  var eps: String?

  @Option(
    help: ArgumentHelp(
      "The number of examples, the first ones; all if there are fewer.",
      valueName: "n"))
  var rows = 500

  @OptionGroup var examples: AnalyzedDataOption
  @OptionGroup var jsonOption: JSONOption
  @OptionGroup(title: "Global options") var globals: GlobalOptions

  func validate() throws {
    if rows < 1 { throw ValidationError("--rows is \(rows), expected at least 1") }
    guard (sigma == nil) != (eps == nil) else {
      throw ValidationError(
        "expected \(sigma == nil ? "" : "one of ")--sigma, for randomized smoothing, or --eps, for "
          + "interval bounds")
    }
    if let sigma, !(sigma > 0) { throw ValidationError("--sigma is \(sigma), expected above 0") }
    guard eps == nil || n == nil && alpha == nil && radii == nil else {
      throw ValidationError("--n, --alpha and --radii belong to --sigma, not to --eps")
    }
  }

  func run() throws {
    try globals.useThreads()
    let model = try TrainedModel(folder: RunFolder(folder))
    // The seed is that of the noise; generated data are those of the config.
    let dataset = try examples.dataset(for: model)
    if let eps {
      let result = try IntervalCertificates.verify(
        model, on: dataset, radii: NumberList.parse(eps, option: "--eps"), examples: rows)
      try show(result, dataset.name)
    } else if let sigma {
      let radii =
        try radii.map { (text) throws(NNError) in
          try NumberList.parse(text, option: "--radii")
        } ?? [0, sigma, 2 * sigma, 3 * sigma]
      if let radius = radii.first(where: { $0 < 0 }) {
        throw NNError.invalid("--radii: \(radius) is below 0")
      }
      let result = try RandomizedSmoothing.certify(
        model, on: dataset, deviation: sigma, samples: n ?? 10_000, alpha: alpha ?? 0.001,
        examples: rows, seed: UInt64(globals.seed ?? 1),
        onProgress: { done in
          if done.isMultiple(of: 100), globals.mode != .none, Console.reportsToTerminal {
            Console.note("\(done) examples")
          }
        })
      try show(result, radii, dataset.name)
    }
  }

  private func show(_ result: IntervalCertificates, _ data: String) throws {
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("data", data)
      document.add("rows", result.count)
      document.add("method", "interval_bounds")
      document.add(
        "table",
        result.rows.map { row in
          var line = JSONLine()
          line.add("eps", row.radius)
          line.add("verified", row.verified)
          return line
        })
      try Console.print(document.text)
      return
    }
    var table = Table(("eps", .right), ("verified %", .right))
    for row in result.rows {
      table.add(
        NumberText.rounded(row.radius), NumberText.fixed(100 * row.verified, decimals: 1))
    }
    try Console.print(
      "verified accuracy by interval bounds, \(NumberText.grouped(result.count)) examples of "
        + "\(data), norm linf\n" + table.text)
  }

  private func show(
    _ result: RandomizedSmoothing, _ radii: [Double], _ data: String
  ) throws {
    guard !jsonOption.json else {
      var document = JSONLine()
      document.add("data", data)
      document.add("rows", result.certificates.count)
      document.add("method", "randomized_smoothing")
      document.add("sigma", result.deviation)
      document.add("n", result.samples)
      document.add("alpha", result.alpha)
      document.add("abstained", result.abstained)
      document.add(
        "table",
        radii.map { radius in
          var line = JSONLine()
          line.add("radius", radius)
          line.add("certified", result.accuracy(atRadius: radius))
          return line
        })
      document.add(
        "certificates",
        result.certificates.map { certificate in
          var line = JSONLine()
          line.add("row", certificate.row)
          line.add("label", certificate.label)
          line.add("predicted", integer: certificate.predicted)
          line.add("radius", certificate.radius)
          return line
        })
      try Console.print(document.text)
      return
    }
    var table = Table(("radius", .right), ("certified %", .right))
    for radius in radii {
      table.add(
        NumberText.rounded(radius),
        NumberText.fixed(100 * result.accuracy(atRadius: radius), decimals: 1))
    }
    try Console.print(
      "certified accuracy of the smoothed classifier, "
        + "\(NumberText.grouped(result.certificates.count)) examples of \(data), norm l2; each "
        + "certificate holds with confidence \(NumberText.rounded(1 - result.alpha, digits: 6)); "
        + "it abstains for \(NumberText.fixed(100 * result.abstained, decimals: 1)) %\n"
        + table.text)
  }
}
