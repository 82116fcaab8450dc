import NNCore
import NNData

/// Rows of the validation or test data that are training rows as well.
struct DuplicateRowsCheck: MistakeCheck {
  var name: String { "duplicate-rows" }
  var meaning: String { "validation or test rows whose inputs are exactly those of training rows" }
  var stage: CheckStage { .data }

  /// The share of rows from which on equal rows are no accident.
  private static let smallestShare = 0.01

  func findings(in subject: CheckSubject) throws(NNError) -> [Finding] {
    guard subject.readsNumbers else { return [] }
    var findings: [Finding] = []
    for (part, dataset) in [
      ("validation", subject.data.validation), ("test", subject.data.test),
    ] {
      guard let dataset, dataset.inputShape == subject.train.inputShape,
        dataset.inputType == subject.train.inputType
      else { continue }
      let rows = subject.rows(of: dataset)
      let own = try RowSet(dataset, rows)
      let shared = try own.count(in: subject.train)
      // Where rows repeat within a part, equal rows in two parts mean nothing.
      let repeated = rows.count - own.distinctCount
      guard shared >= 2, Double(shared) >= Self.smallestShare * Double(rows.count),
        shared > 3 * repeated
      else { continue }
      let sampled = rows.count == dataset.count ? "" : " sampled"
      findings.append(
        finding(
          "\(shared) of the \(rows.count)\(sampled) \(part) rows are training rows as well",
          why: "the network has seen their answers, so the \(part) figures are too good",
          fix: "remove them from one of the two", key: "data.\(part)"))
    }
    return findings
  }
}

/// Rows of a data set, by their bytes.
private struct RowSet {
  /// The rows and how often each occurs.
  private var counts: [[UInt8]: Int] = [:]

  init(_ dataset: Dataset, _ rows: [Int]) throws(NNError) {
    try Self.forEach(dataset, rows) { counts[$0, default: 0] += 1 }
  }

  var distinctCount: Int { counts.count }

  /// How many of the rows are in another data set, which is read once.
  func count(in other: Dataset) throws(NNError) -> Int {
    var found: Set<[UInt8]> = []
    try Self.forEach(other, Array(0..<other.count)) { row in
      if counts[row] != nil { found.insert(row) }
    }
    return found.reduce(0) { $0 + (counts[$1] ?? 0) }
  }

  /// Passes the bytes of the inputs of rows, block by block.
  private static func forEach(
    _ dataset: Dataset, _ rows: [Int], _ body: ([UInt8]) -> Void
  ) throws(NNError) {
    for start in stride(from: 0, to: rows.count, by: 1024) {
      let block = Array(rows[start..<min(rows.count, start + 1024)])
      var rows = [[UInt8]](repeating: [], count: block.count)
      for input in try dataset.selecting(block).readNamedInputs().all {
        let width = input.byteCount / block.count
        input.withBytes { bytes in
          for row in block.indices { rows[row] += bytes[row * width..<(row + 1) * width] }
        }
      }
      rows.forEach(body)
    }
  }
}
