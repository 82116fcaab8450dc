public import NNAnalysis
public import NNCore
import NNDrawing
import NNFormats

/// Explained steps as a page: each number links to those that it comes from and to those that are
/// computed from it.
public enum TextbookPage {
  /// Writes a page.
  ///
  /// - Parameters:
  ///   - explanations: The steps, in order.
  ///   - name: The name of the run.
  ///   - path: The file to write.
  /// - Throws: `NNError` when it cannot be written.
  public static func write(
    _ explanations: [StepExplanation], of name: String, to path: String
  ) throws(NNError) {
    try AtomicFile.write(path: path, text: page(explanations, of: name).text(), isSynced: false)
  }

  static func page(_ explanations: [StepExplanation], of name: String) -> Page {
    var page = Page(title: "\(name): steps explained")
    page.summary = "Every number of a training step, forward and backward."
    page.footer = "nntrain \(Version.current)"
    page.addedStyle = css
    page.hasContents = explanations.count > 1
    for explanation in explanations {
      page.heading("Step \(explanation.step)")
      switch explanation {
      case .numbers(let step):
        page.paragraph(TextbookText.introduction(step))
        page.paragraph(
          "Every symbol and every value in a formula links to the line that computes it; the last "
            + "column links to the lines that use the result.")
        for section in step.sections {
          page.heading(section.title, level: 3)
          page.html(html(section, in: step))
        }
      case .layers(let summary, let reason):
        page.paragraph(StepSummaryTable.introduction(summary, reason))
        let table = StepSummaryTable(summary)
        page.table(header: table.header, rows: table.rows)
      }
    }
    return page
  }

  /// What sections need in addition to the style of pages.
  package static let css = """
    .numbers td,.numbers th{vertical-align:baseline}
    .numbers a{text-decoration:none}
    .numbers a:hover{text-decoration:underline}
    .numbers tr:target{background:color-mix(in srgb,var(--series-1) 18%,transparent)}
    .numbers tr{scroll-margin-top:4rem}
    .numbers .uses{font-size:.8125rem;white-space:normal;min-width:8rem}

    """

  /// The text, formulas and numbers of a section, without its title.
  package static func html(_ section: TextbookSection, in step: TextbookStep) -> String {
    let formula = TextbookFormula(step: step)
    let rows = section.numbers.map { row($0, formula) }.joined()
    return "<p>\(escaped(section.text))</p>\n"
      + section.formulas.map { "<p class=\"formula\">\(escaped($0))</p>\n" }.joined()
      + "<div class=\"table\" tabindex=\"0\" role=\"region\" "
      + "aria-label=\"\(escaped(section.title))\">\n<table class=\"numbers\">\n"
      + "<thead><tr><th scope=\"col\">number</th><th scope=\"col\">from</th>"
      + "<th scope=\"col\" class=\"number\">value</th><th scope=\"col\">used in</th></tr></thead>\n"
      + "<tbody>\n\(rows)</tbody>\n</table>\n</div>"
  }

  private static func row(_ number: TextbookNumber, _ formula: TextbookFormula) -> String {
    let origin = number.expression.map { expression in
      [false, true].map { asValues in
        formula.written(
          expression, asValues: asValues, { link(to: $0, $1, formula.step) }, plain: escaped)
      }.reduce(into: [String]()) { lines, line in
        if lines.last != line { lines.append(line) }
      }.joined(separator: "<br>= ")
    }
    return "<tr id=\"\(escaped(number.id))\"><th scope=\"row\">\(escaped(number.symbol))</th>"
      + "<td>\(origin ?? "given")</td>"
      + "<td class=\"number\" title=\"\(number.value)\">"
      + "\(escaped(TextbookFormula.text(number.value)))</td>"
      + "<td class=\"uses\">\(uses(of: number, formula.step))</td></tr>\n"
  }

  /// The number of links after which those to further uses are left out.
  private static let largestUseCount = 12

  private static func uses(of number: TextbookNumber, _ step: TextbookStep) -> String {
    let readers = step.readers(of: number.id)
    let links = readers.prefix(largestUseCount).map { link(to: $0, step[$0]?.symbol ?? $0, step) }
    let rest = readers.count - links.count
    return (links + (rest > 0 ? ["and \(rest) more"] : [])).joined(separator: ", ")
  }

  private static func link(to id: String, _ text: String, _ step: TextbookStep) -> String {
    "<a href=\"#\(escaped(id))\" title=\"\(escaped(step[id]?.symbol ?? ""))\">\(escaped(text))</a>"
  }
}
