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
    case .named, .npz, .table, .idx, .imageFolder, .generated, .timeSeries: .prediction
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
    case .text: "'{text: FILE}'"
    case .pairs: "'{pairs: FILE.tsv}'"
    case .series: "'{series: FILE.csv, column: NAME, window: N}'"
    case .timeSeries: "'{ts: FILE.ts}'"
    }
  }
}
