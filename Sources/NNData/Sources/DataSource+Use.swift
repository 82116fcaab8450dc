/// What a network trained on a source of data is used for.
public enum DataUse: Sendable, Hashable {
  /// Predicting targets from inputs.
  case prediction
  /// Writing text.
  case generation
  /// Translating texts.
  case translation
  /// Forecasting a series.
  case forecast
}

extension DataSource {
  /// What a network trained on these data is used for.
  public var use: DataUse {
    switch self {
    case .text: .generation
    case .pairs: .translation
    case .series: .forecast
    case .named, .npz, .table, .idx, .imageFolder, .textFolder, .generated, .timeSeries: .prediction
    }
  }

  /// Another source of this kind as written on a command line, for hints: `FILE.csv`.
  package var example: String {
    switch self {
    case .named(let name): Self.names.contains("\(name)-test") ? "\(name)-test" : name
    case .generated(let generator): generator.kind.rawValue
    case .npz(let source): source.areFiles ? "'{npy: FILE, y: FILE}'" : "FILE.npz"
    case .table: "FILE.csv"
    case .idx: "'{idx: {images: FILE, labels: FILE}}'"
    case .imageFolder: "'{image_folder: {path: FOLDER, size: N}}'"
    case .textFolder: "'{text_folder: {path: FOLDER}}'"
    case .text: "'{text: FILE}'"
    case .pairs: "'{pairs: FILE.tsv}'"
    case .series: "'{series: FILE.csv, column: NAME, window: N}'"
    case .timeSeries: "'{ts: FILE.ts}'"
    }
  }

  /// How the texts become tokens that are the network's input; nil where inputs are no texts, or
  /// outputs are texts, too.
  var textTokens: TextTokens? {
    switch self {
    case .table(let source): source.text?.tokens
    case .textFolder(let source): source.tokens
    case .named, .npz, .idx, .imageFolder, .generated, .text, .pairs, .series, .timeSeries: nil
    }
  }
}
