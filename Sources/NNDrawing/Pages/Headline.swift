/// What a page says first: the figure that counts, and facts of few words.
public struct Headline: Sendable {
  /// The figure with its unit; nil where there is none.
  public var figure: String?
  /// What the figure is.
  public var label: String
  /// Names and values.
  public var facts: [(name: String, value: String)]
  /// The command that made what the page shows.
  public var command: String?

  /// Creates a headline.
  ///
  /// - Parameters:
  ///   - figure: The figure with its unit.
  ///   - label: What the figure is.
  ///   - facts: Names and values.
  ///   - command: The command that made what the page shows.
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
