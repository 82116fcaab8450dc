/// The style of all pages: text, tables, figures, and the colours of embedded plots.
public enum PageStyle {
  /// The style sheet, without a `<style>` around it.
  public static let css =
    String(decoding: PackageResources.page_css, as: UTF8.self) + StyleSheet.css(.automatic)
}
