import CKernels
import Testing

struct PaddedImageTests {
  @Test(arguments: KernelTable.all, WindowCase.all)
  func paddedPlanesHoldTheImage(table: KernelTable, one: WindowCase) {
    func check<Real: KernelReal>(_ type: Real.Type, planes: [Int]) {
      let (channels, height, width) = (one.input[0], one.input[1], one.input[2])
      let image: [Real] = numbers(channels * height * width)
      let (rows, pitch, first, slack) = (5, 21, 2, 7)
      let phases = planes[0] * planes[1]
      var expected = [Real](repeating: 0, count: channels * phases * rows * pitch + slack)
      for index in 0..<channels * phases * rows * pitch {
        let (column, row) = (index % pitch, index / pitch % rows)
        let (phase, channel) = (index / pitch / rows % phases, index / pitch / rows / phases)
        let y = (row + first) * one.stride[0] + phase / planes[1] - one.padding[0]
        let x = column * one.stride[1] + phase % planes[1] - one.padding[1]
        guard 0..<height ~= y, 0..<width ~= x else { continue }
        expected[index] = image[(channel * height + y) * width + x]
      }
      var padding = nn_padded_image(
        channels: Int64(channels), height: Int64(height), width: Int64(width), rows: Int64(rows),
        pitch: Int64(pitch), first_row: Int64(first), stride_y: Int64(one.stride[0]),
        stride_x: Int64(one.stride[1]), phases_y: Int64(planes[0]), phases_x: Int64(planes[1]),
        pad_top: Int64(one.padding[0]), pad_left: Int64(one.padding[1]), slack: Int64(slack))
      var written = [Real](repeating: -77, count: expected.count + 1)
      table.kernels.pad_image(&written, image, &padding)
      #expect(written == expected + [-77])
    }
    check(table.type, planes: one.stride)
    check(table.type, planes: [1, 1])
  }

  @Test(
    arguments: KernelTable.all,
    [(stride: [1, 1], first: [0, 0]), ([2, 3], [1, 2]), ([1, 2], [2, 0]), ([3, 1], [0, 3])])
  func gridsAreWrittenBetweenOtherElements(
    table: KernelTable, grid: (stride: [Int], first: [Int])
  ) {
    func check<Real: KernelReal>(_ type: Real.Type) {
      let (channels, height, width, pitch, plane) = (3, 11, 41, 45, 500)
      let rows = (height - grid.first[0] - 1) / grid.stride[0] + 1
      let columns = (width - grid.first[1] - 1) / grid.stride[1] + 1
      let source: [Real] = numbers(channels * plane)
      var expected = [Real](repeating: -77, count: channels * height * width)
      for channel in 0..<channels {
        for row in 0..<rows {
          for column in 0..<columns {
            let y = grid.first[0] + row * grid.stride[0]
            let x = grid.first[1] + column * grid.stride[1]
            expected[(channel * height + y) * width + x] =
              source[channel * plane + row * pitch + column]
          }
        }
      }
      var images = [Real](repeating: -77, count: expected.count)
      var shape = nn_grid(
        channels: Int64(channels), height: Int64(height), width: Int64(width), rows: Int64(rows),
        columns: Int64(columns), plane: Int64(plane), pitch: Int64(pitch),
        first_y: Int64(grid.first[0]), first_x: Int64(grid.first[1]),
        stride_y: Int64(grid.stride[0]), stride_x: Int64(grid.stride[1]))
      table.kernels.unpad_image(&images, source, &shape)
      #expect(images == expected)
    }
    check(table.type)
  }
}
