import NNCore
import NNDrawing
import NNFormats
import NNTestSupport
import Testing

@Suite struct ConverterTests {
  private static let figure = Plot(marks: [Line(x: [0, 1], y: [0, 1])]).alone

  @Test(.enabled(if: FileBytes.exists("/usr/bin/rsvg-convert")))
  func figuresHaveTheRequestedWidth() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.png"
    try Self.figure.png(path: path, theme: .dark, width: 321)
    let bytes = try FileBytes.read(path)
    #expect(bytes.prefix(4) == [0x89, 0x50, 0x4E, 0x47])
    #expect(bytes[16..<20].reduce(0) { $0 << 8 | Int($1) } == 321)
    try Self.figure.png(path: path, theme: .light)
    let second = try FileBytes.read(path)
    #expect(second[16..<20].reduce(0) { $0 << 8 | Int($1) } == 1232)
  }

  @Test func aMissingProgramIsNamedWithAFix() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.png"
    let error = try #require(throws: NNError.self) {
      try SVGConverter.writePNG("<svg/>", to: path, width: 10, by: "no-such-converter")
    }
    #expect(error.message.contains("no-such-converter"))
    #expect(error.hint?.contains("librsvg2-bin") ?? false)
    #expect(!FileBytes.exists(path))
  }

  @Test(.enabled(if: FileBytes.exists("/usr/bin/rsvg-convert")))
  func failuresLeaveNothingBehind() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.png"
    let damaged = try #require(throws: NNError.self) {
      try SVGConverter.writePNG("<svg", to: path, width: 10)
    }
    #expect(damaged.place == path)
    #expect(throws: NNError.self) {
      try Self.figure.png(path: "\(folder.path)/none/a.png", theme: .light)
    }
    #expect(throws: NNError.self) { try Self.figure.png(path: path, theme: .light, width: 0) }
    #expect(!FileBytes.exists(path))
  }
}
