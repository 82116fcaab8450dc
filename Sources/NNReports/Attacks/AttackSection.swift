import NNCore
import NNDrawing
import NNTraining

/// How well the network withstands perturbed inputs, as `nntrain attack` measured it: a curve over the
/// radius, a table, and images before and after.
struct AttackSection: ReportSection {
  static let title = "Attacks"

  private let record: AttackRecord
  private let names: [String]

  init?(_ run: RunEvidence) throws(NNError) {
    guard let record = try AttackRecord(run.facts.folder) else { return nil }
    self.record = record
    names = run.model?.classNames ?? []
  }

  func write(to page: inout Page) {
    let isShare = record.figure != "loss"
    page.paragraph(
      "\(meaning) of \(NumberText.integer(record.count)) examples of \(record.data) whose inputs were "
        + "changed by at most ε in the norm \(record.norm), in the unit of raw inputs. The worst case "
        + "counts the strongest attack for each example.")
    for warning in record.warnings { page.paragraph("Warning: \(warning).") }
    let titles = record.rows[0].attacks.map(\.name)
    let radii = [0] + record.rows.map(\.radius)
    var marks: [any Mark] = titles.enumerated().map { index, name in
      Line(
        name, x: radii,
        y: [record.clean]
          + record.rows.map { row in
            row.attacks.indices.contains(index) ? row.attacks[index].figure : .nan
          }, color: .series(index), markers: true)
    }
    marks.append(
      Line(
        "worst case", x: radii, y: [record.clean] + record.rows.map(\.worst), color: .muted,
        dash: .dotted))
    page.figure(
      ReportStyle.figure(
        "Perturbed inputs", description: "\(meaning) over the radius of perturbations",
        Plot(
          x: Axis("ε"), y: isShare ? Axis(record.figure, range: -0.02...1.02) : Axis("loss"),
          marks: marks)),
      caption: "At ε = 0 inputs are unchanged.")
    func text(_ figure: Double) -> String {
      isShare ? "\(NumberText.fixed(100 * figure, decimals: 1))\u{A0}%" : NumberText.short(figure)
    }
    page.table(
      header: ["ε", "clean"] + titles + ["worst case", "mean ‖δ‖₂"],
      rows: record.rows.map { row in
        [NumberText.short(row.radius), text(record.clean)] + row.attacks.map { text($0.figure) }
          + [text(row.worst), NumberText.short(row.meanNorm)]
      })
    writeImages(to: &page)
  }

  private var meaning: String {
    switch record.figure {
    case "loss": "The mean loss"
    case "accuracy": "The accuracy"
    default: "The share that is not predicted as class \(record.target.map(name) ?? "")"
    }
  }

  private func name(_ label: Int) -> String {
    names.indices.contains(label) ? names[label] : "\(label)"
  }

  /// The broken examples: before, the change enlarged, after.
  private func writeImages(to page: inout Page) {
    let images = record.examples.filter {
      $0.shape.count == 3 && [1, 3].contains($0.shape[0]) && $0.shape[1] > 1 && $0.shape[2] > 1
    }
    guard let first = images.first else { return }
    let numbers = images.flatMap(\.clean)
    let (low, high) = (numbers.min() ?? 0, numbers.max() ?? 1)
    let largest = images.flatMap { zip($0.clean, $0.perturbed).map { abs($1 - $0) } }.max() ?? 0
    let factor = largest > 0 ? (high - low) / (2 * largest) : 1
    page.paragraph(
      "Examples that are predicted correctly before the worst attack with ε = "
        + "\(NumberText.short(first.radius)) and wrongly after it: before, the change times "
        + "\(NumberText.short(factor)) on grey, after.")
    func label(_ number: Int?) -> String { number.map(name) ?? "?" }
    ReportStyle.tiles(
      &page,
      rows: images.map { example in
        let middle = (low + high) / 2
        let change = zip(example.clean, example.perturbed).map { middle + factor * ($1 - $0) }
        let (before, after) = (label(example.before), label(example.after))
        let row = "row\u{A0}\(example.row)"
        let parts = [
          (example.clean, "\(row) before: \(before)"), (change, "\(row): the change"),
          (example.perturbed, "\(row) after: \(after)"),
        ]
        return (
          images: parts.map { (Self.image($0, example.shape, low, high), $1) },
          lines: ["\(before) → \(after), \(row)"]
        )
      })
  }

  private static func image(
    _ numbers: [Double], _ shape: [Int], _ low: Double, _ high: Double
  ) -> RasterImage {
    let plane = shape[1] * shape[2]
    let bytes = (0..<plane).flatMap { pixel in
      (0..<3).map { channel in
        let number = numbers[min(channel, shape[0] - 1) * plane + pixel]
        return UInt8(
          min(255, max(0, (255 * (number - low) / max(high - low, 1e-12)).rounded())))
      }
    }
    return RasterImage(width: shape[2], height: shape[1], rgb: bytes)
  }
}
