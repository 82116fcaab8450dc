/// The style of all pages: text, tables, figures, and the colours of embedded plots.
public enum PageStyle {
  /// The style sheet, without a `<style>` around it.
  ///
  /// The colours of the theme are custom properties: `--background`, `--text`, `--muted`, `--grid`
  /// and `--series-0` to `--series-7`.
  public static let css =
    properties(.light) + "@media (prefers-color-scheme: dark) {\n" + properties(.dark) + "}\n"
    + String(decoding: Asset.bytes("page.css"), as: UTF8.self) + StyleSheet.css(.automatic)

  private static func properties(_ palette: Palette) -> String {
    let named = [
      ("background", palette.background), ("text", palette.text), ("muted", palette.muted),
      ("grid", palette.grid),
    ]
    let series = palette.series.enumerated().map { ("series-\($0.offset)", $0.element) }
    return ":root {\n"
      + (named + series).map { "  --\($0.0): \($0.1.hex);\n" }.joined() + "}\n"
  }
}
