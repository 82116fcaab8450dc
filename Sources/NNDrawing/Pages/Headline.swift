/// The top of a page: its main result and short facts.
public struct Headline: Sendable {
  /// The result with its unit, as `97.5 %`; nil where there is none.
  public var figure: String?
  /// What the result is, as `test accuracy`.
  public var label: String
  /// Names and values.
  public var facts: [(name: String, value: String)]
  /// The command that produced the content of the page.
  public var command: String?

  /// Creates a headline.
  ///
  /// - Parameters:
  ///   - figure: The result with its unit.
  ///   - label: What the result is.
  ///   - facts: Names and values.
  ///   - command: The command that produced the content of the page.
  public init(
    figure: String?, label: String, facts: [(name: String, value: String)],
    command: String? = nil
  ) {
    self.figure = figure
    self.label = label
    self.facts = facts
    self.command = command
  }

  /// The headline as elements, every text escaped.
  var html: String {
    var text = ""
    if let figure {
      text += "<p class=\"score\"><strong>\(escaped(figure))</strong> \(escaped(label))</p>\n"
    }
    if !facts.isEmpty {
      let items = facts.map {
        "<div><dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd></div>\n"
      }
      text += "<dl class=\"facts\">\n\(items.joined())</dl>\n"
    }
    if let command {
      text += "<pre class=\"wraps\" tabindex=\"0\"><code>\(escaped(command))</code></pre>\n"
    }
    return text
  }
}
