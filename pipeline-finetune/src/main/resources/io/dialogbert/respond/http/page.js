"use strict";

const TEXTS = {
  ko: {
    language: "언어",
    restart: "새 대화",
    hint: "한 줄을 쓰면 세 가지 과제가 답을 찾습니다: 비슷한 질의, 어울리는 답변, 짧은 반응.",
    line: "메시지",
    send: "보내기",
    auto: "화면: 시스템",
    light: "화면: 밝게",
    dark: "화면: 어둡게",
    pair: "질의 유사도",
    reply: "답변 매칭",
    reaction: "반응 분류",
    none: "알맞은 답이 없습니다",
    nothing: "찾은 것이 없음",
    leftOut: "쓰지 않음",
    candidates: "후보",
    task: "과제",
    score: "점수",
    suggestion: "제안",
    time: "시간",
    people: (count) => `${count}명`,
    to: (query) => `“${query}”에 대한 답`,
    waiting: "답을 찾는 중입니다",
    done: (millis) => `${millis} ms 걸렸습니다`,
    unreachable: "서버에 연결할 수 없습니다",
    "too-many-requests": "너무 많이 보냈습니다. 잠시 뒤에 다시 보내세요.",
    "too-slow": "제때 답을 찾지 못했습니다. 다시 보내세요.",
    "text-too-long": "메시지가 너무 깁니다.",
    overloaded: "서버가 바쁩니다. 다시 보내세요.",
    stopping: "서버가 멈추는 중입니다.",
  },
  ja: {
    language: "言語",
    restart: "新しい会話",
    hint: "一行書くと、三つの課題が答えを探します。似た問いかけ、合う返事、短い反応です。",
    line: "メッセージ",
    send: "送信",
    auto: "画面: システム",
    light: "画面: 明るい",
    dark: "画面: 暗い",
    pair: "問いの類似",
    reply: "返事の選択",
    reaction: "反応の分類",
    none: "ふさわしい答えがありません",
    nothing: "見つかりません",
    leftOut: "使っていません",
    candidates: "候補",
    task: "課題",
    score: "スコア",
    suggestion: "提案",
    time: "時間",
    people: (count) => `${count}人`,
    to: (query) => `「${query}」への返事`,
    waiting: "答えを探しています",
    done: (millis) => `${millis} ms かかりました`,
    unreachable: "サーバーに接続できません",
    "too-many-requests": "送信が多すぎます。少し待ってからもう一度送ってください。",
    "too-slow": "時間内に答えが見つかりませんでした。もう一度送ってください。",
    "text-too-long": "メッセージが長すぎます。",
    overloaded: "サーバーが混み合っています。もう一度送ってください。",
    stopping: "サーバーは停止中です。",
  },
};

const THEMES = ["auto", "light", "dark"];
// The networks read a few turns; more need not be sent.
const MAX_TURNS = 6;

const element = (id) => document.getElementById(id);
let lang = "ko";
let theme = "auto";
let turns = [];

/** What is kept is a wish, not needed: a browser may forbid it. */
function kept(key, otherwise, allowed) {
  try {
    const value = localStorage.getItem(key);
    return allowed.includes(value) ? value : otherwise;
  } catch {
    return otherwise;
  }
}

function keep(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then it holds until the page is closed.
  }
}

function text(key) {
  return TEXTS[lang][key];
}

function make(tag, className, content) {
  const made = document.createElement(tag);
  if (className) {
    made.className = className;
  }
  if (content !== undefined) {
    made.textContent = content;
  }
  return made;
}

function showTheme() {
  if (theme === "auto") {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
  element("theme").textContent = text(theme);
}

function showLanguage() {
  document.documentElement.lang = lang;
  for (const labeled of document.querySelectorAll("[data-text]")) {
    labeled.textContent = text(labeled.dataset.text);
  }
  element("line").placeholder = text("line");
  showTheme();
}

function restart() {
  turns = [];
  element("log").replaceChildren();
  element("status").textContent = "";
  element("line").focus();
}

function add(item) {
  item.lang = lang;
  element("log").append(item);
  item.scrollIntoView({ block: "nearest" });
}

function cell(content, className) {
  return make("td", className, content);
}

function rows(task, isChosen) {
  const suggestions = task.suggestions ?? [];
  const header = make("th", "", text(task.source));
  header.scope = "row";
  header.rowSpan = Math.max(1, suggestions.length);
  if (suggestions.length === 0) {
    const row = make("tr");
    const nothing = cell(text(task.left_out ? "leftOut" : "nothing"), "none");
    nothing.colSpan = 2;
    row.append(header, nothing, cell(time(task), "number"));
    return [row];
  }
  return suggestions.map((suggestion, place) => {
    const row = make("tr", isChosen && place === 0 ? "chosen" : "");
    if (place === 0) {
      row.append(header);
    }
    const said = cell(suggestion.text);
    const origin = [];
    if (suggestion.query) {
      origin.push(text("to")(suggestion.query));
    }
    if (suggestion.people) {
      origin.push(text("people")(suggestion.people));
    }
    if (origin.length > 0) {
      said.append(make("small", "", origin.join(", ")));
    }
    row.append(
      cell(suggestion.score.toFixed(3), "number"),
      said,
      cell(place === 0 ? time(task) : "", "number"),
    );
    return row;
  });
}

function time(task) {
  return task.millis === undefined ? "" : `${task.millis.toFixed(1)} ms`;
}

function candidates(answer) {
  const table = make("table");
  table.append(make("caption", "", text("candidates")));
  const head = make("tr");
  for (const [key, className] of [["task"], ["score", "number"], ["suggestion"], ["time", "number"]]) {
    const header = make("th", className, text(key));
    header.scope = "col";
    head.append(header);
  }
  const body = make("tbody");
  for (const task of answer.tasks) {
    body.append(...rows(task, answer.answer?.source === task.source));
  }
  table.append(make("thead"), body);
  table.tHead.append(head);
  return table;
}

function showAnswer(answer) {
  const item = make("li", "answered");
  const said = make("div", "answer", answer.answer ? answer.answer.text : "");
  if (answer.answer) {
    said.append(make("small", "", `${text(answer.answer.source)}, ${answer.answer.score.toFixed(3)}`));
  } else {
    said.append(make("span", "none", text("none")));
  }
  item.append(said, candidates(answer));
  add(item);
  element("status").textContent = text("done")(answer.millis.toFixed(1));
}

function showError(message) {
  add(make("li", "failed", message));
  element("status").textContent = "";
}

async function send(line) {
  turns.push(line);
  add(make("li", "said", line));
  element("status").textContent = text("waiting");
  let response;
  let body;
  try {
    response = await fetch("v1/respond", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ lang, turns: turns.slice(-MAX_TURNS) }),
    });
    body = await response.json();
  } catch {
    turns.pop();
    showError(text("unreachable"));
    return;
  }
  if (!response.ok) {
    turns.pop();
    showError(text(body.error.code) ?? body.error.message);
    return;
  }
  if (body.answer) {
    turns.push(body.answer.text);
  }
  showAnswer(body);
}

element("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const line = element("line").value.trim();
  if (line === "") {
    return;
  }
  element("line").value = "";
  element("send").disabled = true;
  await send(line);
  element("send").disabled = false;
  element("line").focus();
});

element("languages").addEventListener("change", (event) => {
  lang = event.target.value;
  keep("lang", lang);
  showLanguage();
  restart();
});

element("theme").addEventListener("click", () => {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  keep("theme", theme);
  showTheme();
});

element("restart").addEventListener("click", restart);

lang = kept("lang", navigator.language.startsWith("ja") ? "ja" : "ko", Object.keys(TEXTS));
theme = kept("theme", "auto", THEMES);
document.querySelector(`input[value="${lang}"]`).checked = true;
showLanguage();
element("line").focus();
