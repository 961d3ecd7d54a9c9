// Draws the front page from the feed: a reader without JavaScript sees nothing.
(function () {
  var app = document.getElementById("app");
  fetch(app.getAttribute("data-feed"))
    .then(function (response) { return response.json(); })
    .then(function (feed) {
      feed.items.forEach(function (item) {
        var story = document.createElement("p");
        var link = document.createElement("a");
        link.href = item.url;
        link.textContent = item.title;
        story.appendChild(link);
        app.appendChild(story);
      });
    });
})();
