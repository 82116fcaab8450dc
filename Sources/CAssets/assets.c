#include "CAssets.h"

#include <string.h>

#pragma clang diagnostic ignored "-Wc23-extensions"  // #embed, which clang knows in older C, too

// To add a file, embed it and add its row to the table. An array literal in Swift takes the
// compiler 20 seconds for 100 KB.

static const unsigned char page_css[] = {
#embed "../NNDrawing/Assets/page.css"
};

static const unsigned char astronaut_idx_gz[] = {
#embed "../NNLessons/Assets/astronaut.idx.gz"
};

static const unsigned char lesson_css[] = {
#embed "../NNLessons/Assets/lesson.css"
};

static const unsigned char chart_js[] = {
#embed "../NNServer/Assets/chart.js"
};

static const unsigned char live_css[] = {
#embed "../NNServer/Assets/live.css"
};

static const unsigned char live_html[] = {
#embed "../NNServer/Assets/live.html"
};

static const unsigned char live_js[] = {
#embed "../NNServer/Assets/live.js"
};

static const unsigned char playground_api_js[] = {
#embed "../NNServer/Assets/playground-api.js"
};

static const unsigned char playground_colors_js[] = {
#embed "../NNServer/Assets/playground-colors.js"
};

static const unsigned char playground_link_js[] = {
#embed "../NNServer/Assets/playground-link.js"
};

static const unsigned char playground_controls_js[] = {
#embed "../NNServer/Assets/playground-controls.js"
};

static const unsigned char playground_drawing_js[] = {
#embed "../NNServer/Assets/playground-drawing.js"
};

static const unsigned char playground_edges_js[] = {
#embed "../NNServer/Assets/playground-edges.js"
};

static const unsigned char playground_editor_js[] = {
#embed "../NNServer/Assets/playground-editor.js"
};

static const unsigned char playground_messages_js[] = {
#embed "../NNServer/Assets/playground-messages.js"
};

static const unsigned char playground_state_js[] = {
#embed "../NNServer/Assets/playground-state.js"
};

static const unsigned char playground_network_js[] = {
#embed "../NNServer/Assets/playground-network.js"
};

static const unsigned char playground_stage_js[] = {
#embed "../NNServer/Assets/playground-stage.js"
};

static const unsigned char playground_texts_js[] = {
#embed "../NNServer/Assets/playground-texts.js"
};

static const unsigned char playground_tiles_js[] = {
#embed "../NNServer/Assets/playground-tiles.js"
};

static const unsigned char playground_css[] = {
#embed "../NNServer/Assets/playground.css"
};

static const unsigned char playground_html[] = {
#embed "../NNServer/Assets/playground.html"
};

static const unsigned char playground_js[] = {
#embed "../NNServer/Assets/playground.js"
};

#define ROW(name, bytes) {name, {bytes, sizeof bytes}}

static const struct {
  const char *name;
  nn_asset asset;
} table[] = {
  ROW("page.css", page_css),
  ROW("astronaut.idx.gz", astronaut_idx_gz),
  ROW("lesson.css", lesson_css),
  ROW("chart.js", chart_js),
  ROW("live.css", live_css),
  ROW("live.html", live_html),
  ROW("live.js", live_js),
  ROW("playground-api.js", playground_api_js),
  ROW("playground-colors.js", playground_colors_js),
  ROW("playground-controls.js", playground_controls_js),
  ROW("playground-drawing.js", playground_drawing_js),
  ROW("playground-edges.js", playground_edges_js),
  ROW("playground-editor.js", playground_editor_js),
  ROW("playground-messages.js", playground_messages_js),
  ROW("playground-link.js", playground_link_js),
  ROW("playground-network.js", playground_network_js),
  ROW("playground-stage.js", playground_stage_js),
  ROW("playground-state.js", playground_state_js),
  ROW("playground-texts.js", playground_texts_js),
  ROW("playground-tiles.js", playground_tiles_js),
  ROW("playground.css", playground_css),
  ROW("playground.html", playground_html),
  ROW("playground.js", playground_js),
};

nn_asset nn_find_asset(const char *name) {
  for (size_t row = 0; row < sizeof table / sizeof table[0]; row++) {
    if (strcmp(table[row].name, name) == 0) return table[row].asset;
  }
  return (nn_asset){0, 0};
}
