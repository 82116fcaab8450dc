import NNDrawing
import Testing

@Suite struct AnimationTests {
  private static func animation(_ count: Int) -> Animation {
    Animation(
      title: "Steps & more", description: "What moves.",
      frames: (0..<count).map { index in
        (
          "step \(index)",
          Plot(marks: [Line(x: [0, 1], y: [0, Double(index)])]).alone
        )
      }, secondsPerFrame: 0.5)
  }

  @Test func framesFollowOneAnother() throws {
    let root = try FigureTests.checked(Self.animation(5).svg(), "animation")
    let frames = root.all.filter { ($0.attributes["class"] ?? "").hasPrefix("frame ") }
    #expect(frames.count == 5)
    #expect(
      frames.map { $0.attributes["style"] } == [
        nil, "animation-delay:.5s", "animation-delay:1s", "animation-delay:1.5s",
        "animation-delay:2s",
      ])
    #expect(frames.last?.attributes["class"] == "frame of5every500 last")
    let style = try #require(root.all.first { $0.name == "style" }).fullText
    // Without motion only the last frame shows; motion is asked for, not assumed.
    #expect(style.contains(".frame.of5every500{visibility:hidden}"))
    #expect(style.contains(".frame.of5every500.last{visibility:visible}"))
    let moving = try #require(style.components(before: "@keyframes"))
    #expect(moving.hasSuffix("@media (prefers-reduced-motion:no-preference){\n"))
    // Five frames, the last of which stands four times as long: 8 · 0.5 s.
    #expect(style.contains("animation:nnframeof5every500 4s step-end infinite"))
    #expect(style.contains("12.5%,100%{visibility:hidden}"))
  }

  @Test(arguments: [0, 1, 2])
  func fewFramesAreNoProblem(_ count: Int) throws {
    let animation = Self.animation(count)
    let svg = animation.svg(embedded: true)
    try FigureTests.checked(svg, "\(count) frames")
    #expect(svg.contains("@keyframes") == (count > 1))
    #expect(animation.text(width: 40, height: 10, style: .ascii).isEmpty == false)
  }
}

extension String {
  /// The text before the first occurrence of another one.
  fileprivate func components(before text: String) -> String? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return String(self[..<start]) }
      start = index(after: start)
    }
    return nil
  }
}
