/// The format of a table's file.
public enum TableKind: String, Sendable, Hashable, CaseIterable {
  /// Comma- or otherwise separated values (RFC 4180).
  case csv
  /// One JSON object per line.
  case jsonl
  /// The attribute–relation file format of Weka.
  case arff
  /// `label index:value …`, the format of LIBSVM and SVMlight.
  case libsvm

  /// The ends of names of such files, without `.gz`.
  package var extensions: [String] {
    switch self {
    case .csv: [".csv", ".tsv"]
    case .jsonl: [".jsonl", ".ndjson"]
    case .arff: [".arff"]
    case .libsvm: [".libsvm", ".svmlight", ".svm"]
    }
  }

  /// The kind of file that a path names, gzip-compressed or not; nil where it names no table.
  package static func of(path: String) -> TableKind? {
    let name = path.lowercased()
    let stem = name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    return allCases.first { kind in kind.extensions.contains { stem.hasSuffix($0) } }
  }
}
