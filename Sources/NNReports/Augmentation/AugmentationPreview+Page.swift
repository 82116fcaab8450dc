import NNCore
package import NNDrawing

extension AugmentationPreview {
  /// Pixels of an image's longer side, at the size at which it is shown.
  private static let largestSide = 112

  /// Adds the examples to a page with the style of reports.
  func write(to page: inout Page) {
    page.paragraph(
      "The first training examples as they are and in the epochs 1 to \(epochCount); every epoch "
        + "has changes of its own. Validation and test data are not changed.")
    page.list(augmentations)
    switch form {
    case .images(let channels, let height, let width):
      ReportStyle.tiles(
        &page,
        rows: rows.map { row in
          let images = tiles(of: row, channels: channels, height: height, width: width)
          return (images: images, lines: lines(of: row))
        })
    case .series(let steps, let features):
      ReportStyle.pairs(&page) { page in
        for row in rows {
          page.figure(
            figure(of: row, steps: steps, features: features),
            caption: lines(of: row).joined(separator: "; "))
        }
      }
    case .tokens:
      for row in rows {
        page.paragraph(lines(of: row).joined(separator: "; "))
        let texts = [tokens(row.before)] + row.after.map { tokens($0.numbers) }
        page.code(texts.joined(separator: "\n"), wraps: true)
      }
    case .numbers:
      page.table(header: tableHeader, rows: tableRows)
    }
  }

  /// The images of a row, each with what it shows.
  private func tiles(
    of row: Row, channels: Int, height: Int, width: Int
  ) -> [(image: RasterImage, meaning: String)] {
    ([row.before] + row.after.map(\.numbers)).enumerated().map { index, numbers in
      let image = image(numbers, channels: channels, height: height, width: width)
      let moment = index == 0 ? "before" : "epoch \(index)"
      return (image.reduced(to: Self.largestSide), "row \(row.source), \(moment)")
    }
  }

  /// The number of epochs.
  var epochCount: Int { rows.first?.after.count ?? 0 }

  /// The page of `nntrain preview`.
  ///
  /// - Parameter name: The name of the config.
  package func page(_ name: String) -> Page {
    var page = Page(title: "\(name): augmented examples")
    page.footer = "nntrain \(Version.current)"
    page.html("<style>\(ReportStyle.css)</style>")
    write(to: &page)
    return page
  }

  /// The row and its targets, for a caption.
  func lines(of row: Row) -> [String] {
    var lines = ["row \(row.source)" + (row.target.map { ", target \($0)" } ?? "")]
    for (epoch, after) in row.after.enumerated() {
      if let target = after.target { lines.append("epoch \(epoch + 1): \(target)") }
    }
    return lines
  }

  /// A plot of a series before and after.
  func figure(of row: Row, steps: Int, features: Int) -> Figure {
    // The first feature alone, so that the epochs can be told apart.
    func line(_ name: String, _ numbers: [Double], _ color: Int) -> Line {
      let count = numbers.count / max(1, features)
      return Line(
        name, x: (0..<count).map { Double($0) }, y: (0..<count).map { numbers[$0 * features] },
        color: .series(color), width: color == 0 ? 2 : 1.2, dash: .solid)
    }
    var marks: [any Mark] = []
    for (epoch, after) in row.after.enumerated() {
      marks.append(line("epoch \(epoch + 1)", after.numbers, epoch + 1))
    }
    marks.append(line("before", row.before, 0))
    return ReportStyle.figure(
      "Row \(row.source)",
      description: "A series of \(steps) steps before and after augmentation",
      Plot(
        x: Axis("step"), y: Axis(features > 1 ? "first of \(features) features" : "value"),
        legend: .above, marks: marks))
  }

  private var shownNames: [String] {
    guard case .numbers(let names) = form else { return [] }
    return Array(names.prefix(Self.largestWidth))
  }

  /// The heading of a table of numbers.
  package var tableHeader: [String] { ["row", "epoch", "target"] + shownNames }

  /// The rows of a table of numbers.
  package var tableRows: [[String]] {
    let count = shownNames.count
    var cells: [[String]] = []
    for row in rows {
      cells.append(["\(row.source)", "before", row.target ?? ""] + texts(row.before, count))
      for (epoch, after) in row.after.enumerated() {
        cells.append(["", "\(epoch + 1)", after.target ?? ""] + texts(after.numbers, count))
      }
    }
    return cells
  }

  private func texts(_ numbers: [Double], _ count: Int) -> [String] {
    numbers.prefix(count).map { NumberText.short($0, digits: 4) }
  }
}
